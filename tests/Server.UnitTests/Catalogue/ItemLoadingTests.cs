using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class ItemLoadingTests
{
    private const int Width = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void Finish_AnyChunks_HasItemsInOrderOfTheirHashesWithAllThatIsTheirs(int rowsOfAChunk)
    {
        var random = new Random(rowsOfAChunk);
        Item[] items = [.. Enumerable.Range(0, 60).Select(i => new Item($"i{i}", random.Next(10), random.Next(2) > 0, [.. Enumerable.Range(0, random.Next(4)).Select(_ => $"c{random.Next(4)}")]))];
        var ordered = items.OrderBy(item => StableHash.Of(item.Id)).ToList();

        var loaded = Load(items, rowsOfAChunk);

        Assert.Equal(ordered.Select(item => item.Id), Enumerable.Range(0, items.Length).Select(row => loaded.Ids[row]));
        Assert.Equal(ordered.Select(item => item.Popularity), loaded.Popularity);
        Assert.Equal(ordered.Select(item => item.IsAvailable), Enumerable.Range(0, items.Length).Select(row => ItemSet.Contains(loaded.Available, row)));
        Assert.Equal(ordered.SelectMany(item => item.Vector), loaded.Matrix);
        foreach (var category in (string[])["c0", "c1", "c2", "c3"])
            Assert.Equal(ordered.Index().Where(item => item.Item.Categories.Contains(category)).Select(item => item.Index), loaded.ItemsOfCategory[category]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(60)]
    public void Finish_WithAGraph_HasItsNeighboursByRowWithoutThoseThatAreGone(int rowsOfAChunk)
    {
        Item[] items = [.. Enumerable.Range(0, 60).Select(i => new Item($"i{i}", 0, true, []))];
        // Each has the next one and one that is not there.
        ulong Hash(int item) => StableHash.Of($"i{item % 60}");

        var loaded = Load(items, rowsOfAChunk, (item, links) => links.MergeFrom(new ItemLinks
        {
            Modality = "image",
            Counts = { 2 },
            Items = { StableHash.Of("gone"), Hash(item + 1) },
            Values = { 1, item },
        }));

        var graph = Assert.Single(loaded.Graphs);
        Assert.Equal("image", graph.Modality);
        for (var item = 0; item < 60; item++)
        {
            Assert.True(loaded.Ids.TryGetRow($"i{item}", out var row) & loaded.Ids.TryGetRow($"i{(item + 1) % 60}", out var next));
            Assert.Equal([next], graph.Neighbors.RowColumns(row));
            Assert.Equal([item], graph.Neighbors.RowValues(row));
        }
    }

    [Fact]
    public void Finish_ItemTwice_IsRefusedAndNamed()
    {
        Item[] items = [new("tent", 0, true, []), new("stove", 0, true, []), new("tent", 0, true, [])];

        Assert.Contains("Generation 5 has item \"tent\" twice.", Assert.Throws<ContractException>(() => Load(items, rowsOfAChunk: 2)).Message);
    }

    [Fact]
    public void Take_VectorThatCannotBeServed_IsRefusedAndTheItemNamed()
    {
        Item[] items = [new("tent", 0, true, []), new("stove", 0, true, []) { Vector = [0, float.NaN, 0] }];

        Assert.Contains("item \"stove\" has numbers that are not finite", Assert.Throws<ContractException>(() => Load(items, rowsOfAChunk: 2)).Message);
    }

    [Fact]
    public void Create_MoreItemsThanAnArrayHolds_IsRefused() =>
        Assert.Contains("one Server holds", Assert.Throws<ContractException>(() => new ItemLoading(new() { Number = 5, Dimension = 192, Items = 20_000_000 })).Message);

    private static LoadedItems Load(Item[] items, int rowsOfAChunk, Action<int, ItemLinks>? link = null)
    {
        var loading = new ItemLoading(new() { Number = 5, Dimension = Width, Items = items.Length });
        foreach (var part in items.Index().Chunk(rowsOfAChunk))
        {
            var chunk = new ItemChunk();
            if (link is not null)
                chunk.Links.Add(new ItemLinks());
            foreach (var (number, item) in part)
            {
                chunk.ItemIds.Add(item.Id);
                chunk.Popularity.Add(item.Popularity);
                chunk.Available.Add(item.IsAvailable);
                chunk.Categories.Add(new StringList { Values = { item.Categories } });
                link?.Invoke(number, chunk.Links[0]);
            }
            loading.Take(chunk, MemoryMarshal.AsBytes<float>(part.SelectMany(item => item.Item.Vector).ToArray()));
        }
        return loading.Finish();
    }

    private sealed record Item(string Id, int Popularity, bool IsAvailable, string[] Categories)
    {
        public float[] Vector { get; init; } = [Id.Length, Popularity, Id[^1]];
    }
}

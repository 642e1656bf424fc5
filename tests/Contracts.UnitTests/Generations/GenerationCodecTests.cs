using Google.Protobuf;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Generations;

public class GenerationCodecTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 2)]
    [InlineData(GenerationCodec.RowsPerChunk, GenerationCodec.RowsPerChunk + 1)]
    public void Read_WhatWasWritten_IsTheSame(int items, int users)
    {
        var written = Samples.Generation(items, users);
        var (manifest, itemChunks, userChunks) = Write(written);
        var readItems = itemChunks.Select((bytes, c) => GenerationCodec.ReadItems(manifest, c, bytes)).ToArray();
        var readUsers = userChunks.Select((bytes, c) => GenerationCodec.ReadUsers(manifest, c, bytes)).ToArray();
        Assert.Equal(written.ItemIds, readItems.SelectMany(c => c.ItemIds));
        Assert.Equal(written.Popularity, readItems.SelectMany(c => c.Popularity));
        Assert.Equal(written.Available, readItems.SelectMany(c => c.Available));
        Assert.Equal(written.Categories, readItems.SelectMany(c => c.Categories).Select(c => c.Values.ToArray()));
        Assert.Equal(written.ItemVectors, readItems.SelectMany(c => Floats(c.Vectors)));
        Assert.Equal(written.UserIds, readUsers.SelectMany(c => c.UserIds));
        Assert.Equal(0.09, manifest.Metrics["recall@20"]);
        Assert.Equal("0.001", manifest.Settings["learning_rate"]);
        Assert.Equal(written.Snapshot, manifest.Snapshot);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(GenerationCodec.RowsPerChunk + 1)]
    public void ReadItems_VectorsApart_IsTheSame(int items)
    {
        var written = Samples.Generation(items, 1) with { Graphs = [new("image", new([.. Enumerable.Repeat(0, items), 1], [0], [0.5f]))] };
        var (manifest, chunks, _) = Write(written);
        for (var c = 0; c < chunks.Length; c++)
        {
            var whole = GenerationCodec.ReadItems(manifest, c, chunks[c]);
            var apart = GenerationCodec.ReadItems(manifest, c, chunks[c], out var vectors);

            Assert.Equal(whole.Vectors.Span, vectors);
            Assert.Empty(apart.Vectors);
            apart.Vectors = whole.Vectors;
            Assert.Equal(whole, apart);
        }
    }

    [Fact]
    public void ReadItems_VectorsApart_RefusesWhatIsMissingOrDamaged()
    {
        var (manifest, chunks, _) = Write(Samples.Generation());
        Assert.Contains("item chunk 0 of generation 5 is missing", Refusal([]));
        for (var i = 0; i < chunks[0].Length; i++)
            Assert.Contains("damaged", Refusal(Flip(chunks[0], i)));

        string Refusal(byte[] bytes) => Assert.Throws<ContractException>(() => GenerationCodec.ReadItems(manifest, 0, bytes, out _)).Message;
    }

    [Fact]
    public void WithoutItems_Graphs_KeepTheOthersNeighbours()
    {
        var graph = new ItemGraph("image", new([0, 2, 2, 3], [1, 2, 0], [0.5f, 0.25f, 0.75f]));
        var written = Samples.Generation(3, 1) with { Graphs = [graph] };
        var (manifest, chunks, _) = Write(written);
        ulong[] hashes = [.. written.ItemIds.Select(StableHash.Of)];

        var links = Assert.Single(GenerationCodec.ReadItems(manifest, 0, chunks[0]).Links);
        var (rows, kept) = GenerationCodec.WithoutItems(manifest, 0, chunks[0], id => id == written.ItemIds[1])!.Value;
        var left = Assert.Single(ItemChunk.Parser.ParseFrom(kept.Bytes).Links);

        Assert.Equal(("image", 1), (links.Modality, rows));
        Assert.Equal([2u, 0u, 1u], links.Counts);
        Assert.Equal([hashes[1], hashes[2], hashes[0]], links.Items);
        Assert.Equal([2u, 1u], left.Counts);
        Assert.Equal([hashes[1], hashes[2], hashes[0]], left.Items);
        Assert.Equal([0.5f, 0.25f, 0.75f], left.Values);
    }

    [Fact]
    public void ReadItems_LinksThatDoNotAddUp_AreRefused()
    {
        var links = new ItemLinks { Counts = { 2 }, Items = { 1 }, Values = { 1 } };

        Assert.Contains("1 neighbours and 1 values of 2", Assert.Throws<ContractException>(() => ItemLinksCodec.Check(links)).Message);
    }

    [Fact]
    public void Of_GraphWithLoops_HasNone()
    {
        var graph = ItemGraph.Of("image", new([0, 2, 3], [0, 1, 1], [1, 0.5f, 1]));

        Assert.Equal([0, 1, 1], graph.Neighbors.Pointers);
        Assert.Equal([1], graph.Neighbors.Columns);
        Assert.Equal([0.5f], graph.Neighbors.Values);
    }

    [Fact]
    public void ReadItems_MissingChunk_IsRefused() =>
        Assert.Contains("item chunk 0 of generation 5 is missing", Assert.Throws<ContractException>(() => GenerationCodec.ReadItems(Write(Samples.Generation()).Manifest, 0, null)).Message);

    [Fact]
    public void ReadChunks_AnyByteChangedOrTruncated_AreRefused()
    {
        var (manifest, items, users) = Write(Samples.Generation());
        for (var i = 0; i < items[0].Length; i++)
            Assert.Contains("damaged", Assert.Throws<ContractException>(() => GenerationCodec.ReadItems(manifest, 0, Flip(items[0], i))).Message);
        for (var i = 0; i < users[0].Length; i++)
            Assert.Contains("damaged", Assert.Throws<ContractException>(() => GenerationCodec.ReadUsers(manifest, 0, Flip(users[0], i))).Message);
        Assert.Throws<ContractException>(() => GenerationCodec.ReadItems(manifest, 0, items[0][..^1]));
    }

    [Fact]
    public void ReadManifest_UnknownVersion_NamesIt()
    {
        var manifest = Write(Samples.Generation()).Manifest;
        manifest.Version = 1;
        Assert.Contains("layout version 1", Assert.Throws<ContractException>(() => GenerationCodec.ReadManifest(manifest.ToByteArray())).Message);
    }

    [Fact]
    public void Describe_AnyGeneration_HasAVectorSeedOfItsOwn() =>
        Assert.NotEqual(GenerationCodec.Describe(Samples.Generation()).VectorSeed, GenerationCodec.Describe(Samples.Generation()).VectorSeed);

    [Fact]
    public void ReadItems_VectorsOfAnotherWidth_AreRefused()
    {
        var (manifest, items, _) = Write(Samples.Generation());
        manifest.Dimension = 3;
        var e = Assert.Throws<ContractException>(() => GenerationCodec.ReadItems(manifest, 0, items[0]));
        Assert.Contains("24 bytes of vectors for 3 rows of 3 numbers", e.Message);
    }

    [Fact]
    public void ReadManifest_InconsistentCounts_IsRefused()
    {
        var manifest = Write(Samples.Generation()).Manifest;
        manifest.Items++;
        Assert.Contains("does not add up", Assert.Throws<ContractException>(() => GenerationCodec.ReadManifest(manifest.ToByteArray())).Message);
    }

    [Fact]
    public void ReadManifest_Garbage_IsRefused() =>
        Assert.Throws<ContractException>(() => GenerationCodec.ReadManifest([0xff, 0xff, 0xff]));

    [Fact]
    public void ReadManifest_UnknownField_IsIgnored() =>
        Assert.Equal(3, GenerationCodec.ReadManifest([.. Write(Samples.Generation()).Manifest.ToByteArray(), 0xf8, 0x07, 0x01]).Items);

    private static (GenerationManifest Manifest, byte[][] Items, byte[][] Users) Write(ModelGeneration generation)
    {
        var manifest = GenerationCodec.Describe(generation);
        manifest.Number = 5;
        var (items, users) = (new List<byte[]>(), new List<byte[]>());
        foreach (var (info, bytes) in GenerationCodec.ItemChunks(generation))
        {
            manifest.ItemChunks.Add(info);
            items.Add(bytes);
        }
        foreach (var (info, bytes) in GenerationCodec.UserChunks(generation))
        {
            manifest.UserChunks.Add(info);
            users.Add(bytes);
        }
        return (GenerationCodec.ReadManifest(manifest.ToByteArray()), [.. items], [.. users]);
    }

    private static byte[] Flip(byte[] bytes, int index)
    {
        var flipped = bytes.ToArray();
        flipped[index] ^= 4;
        return flipped;
    }

    private static float[] Floats(ByteString bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray();
}

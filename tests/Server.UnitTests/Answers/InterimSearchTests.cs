using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Answers;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.UnitTests.Ranking;
using Rearm.Streaming.Testing.Sequences;

namespace Rearm.Streaming.Server.UnitTests.Answers;

public class InterimSearchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(50)]
    public void Merge_AnyK_IsTheBestOfBoth(int k)
    {
        var random = new Random(k);
        var generation = SmallGeneration.Random(20, random);
        var items = NewItems.Of(
            generation, Enumerable.Range(0, 15).Select(i => KeyValuePair.Create($"new{i}", Entry(random, $"i{random.Next(20)}", $"i{random.Next(20)}"))), length: 1);
        float[] query = [1, 0.5f];
        var all = Enumerable.Range(0, 20).Select(r => (Row: r, Score: Dot(query, generation.Items[r])))
            .Concat(Enumerable.Range(0, 15).Where(n => n % 4 > 0).Select(n => (Row: 20 + n, Score: Dot(query, items.Vector(n))))).ToArray();
        var (rows, scores) = (new int[k], new float[k]);
        var found = 0;
        foreach (var (row, score) in all.Where(a => a.Row < 20).OrderByDescending(a => a.Score).Take(k))
            (rows[found], scores[found++]) = (row, score);

        var rules = new ItemRules([], [.. Enumerable.Range(0, 15).Where(n => n % 4 == 0).Select(n => items.Id(n))], null);
        var filter = new NewItemFilter(ServingState.Nothing with { Catalogue = new(items, null, []) }, rules, []);
        found = InterimSearch.Merge(query, items, filter, Cursor.Start, generation.ItemIds, rows, scores, found);

        Assert.Equal(Math.Min(k, all.Length), found);
        Assert.Equal(all.Select(a => a.Score).OrderDescending().Take(k), scores.Take(found));
        Assert.All(rows.Take(found).Zip(scores), pair => Assert.Equal(pair.Second, all.Single(a => a.Row == pair.First).Score));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    public void Merge_EqualScores_GoByTheStableHashOfTheIdsFromWhereThePageBegins(int k)
    {
        var generation = SmallGeneration.Of([.. Enumerable.Repeat(1f, 40)]);
        var entry = new CatalogueItem { NeighborIds = { "i0" }, NeighborCosines = { 1 } };
        var items = NewItems.Of(generation, Enumerable.Range(0, 15).Select(i => KeyValuePair.Create($"new{i}", entry)), length: 1);
        var ordered = generation.ItemIds.Concat(Enumerable.Range(0, items.Count).Select(items.Id)).OrderBy(StableHash.Of).ToArray();
        var after = new Cursor(2, StableHash.Of(ordered[6]));
        var (rows, scores) = (new int[k], new float[k]);
        var found = 0;
        for (var row = generation.LastRowUpTo(after.Hash) + 1; row < 20 && found < k; row++)
            (rows[found], scores[found++]) = (row, 2);

        var filter = new NewItemFilter(ServingState.Nothing with { Catalogue = new(items, null, []) }, new ItemRules([], [], null), []);
        found = InterimSearch.Merge([1, 1], items, filter, after, generation.ItemIds, rows, scores, found);

        Assert.Equal(ordered[7..].Take(k), rows.Take(found).Select(row => row < 20 ? generation.ItemIds[row] : items.Id(row - 20)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(1500)]
    public void Merge_ManyItemsThatChangeAndTie_IsTheBestOfAll(int k)
    {
        var random = new Random(k);
        var generation = SmallGeneration.Random(20, random);
        var live = new LiveItems(null!, TimeProvider.System, NullLogger<LiveItems>.Instance);
        // With whole cosines of one neighbour many vectors are equal.
        for (var n = 0; n < 1200; n++)
            live.Apply(new($"n{n}", Like(random).ToByteArray()));
        var items = NewItems.Of(generation, live.All, length: 1);
        for (var step = 0; step < 60; step++)
        {
            // Sometimes more than may stand beside those that are coded.
            string[] changed = [.. Enumerable.Range(0, step % 20 == 19 ? 400 : 10).Select(_ => $"n{random.Next(1300)}").Distinct()];
            foreach (var id in changed)
                live.Apply(new(id, random.Next(3) == 0 ? null : Like(random).ToByteArray()));
            items = items.After(changed, generation, live, length: 1);
            float[] query = [random.NextSingle() - 0.5f, random.NextSingle() - 0.5f];
            var (rows, scores) = (new int[k], new float[k]);
            (rows[0], scores[0]) = (7, Dot(query, generation.Items[7]));
            string[] excluded = [.. Enumerable.Range(0, 300).Select(n => $"n{4 * n}")];
            var filter = new NewItemFilter(ServingState.Nothing with { Catalogue = new(items, null, []) }, new([], excluded, null), []);

            var found = InterimSearch.Merge(query, items, filter, Cursor.Start, generation.ItemIds, rows, scores, 1);

            var expected = Enumerable.Range(0, items.WithVector).Where(row => !excluded.Contains(items.Id(row)))
                .Select(row => (Row: 20 + row, Score: Dot(query, items.Vector(row))));
            var best = expected.Append((Row: 7, Score: Dot(query, generation.Items[7]))).OrderByDescending(e => e.Score)
                .ThenBy(e => StableHash.Of(e.Row < 20 ? generation.ItemIds[e.Row] : items.Id(e.Row - 20))).Take(k);
            Assert.Equal(best, rows.Take(found).Zip(scores));
        }
    }

    [Fact]
    public void Of_KnownNeighbours_IsTheirWeightedMean()
    {
        var generation = SmallGeneration.Random(3, new Random(1));
        var item = new CatalogueItem { NeighborIds = { "i0", "unheard of", "i2", "i1" }, NeighborCosines = { 0.9f, 1, 0.3f, -0.5f } };
        var bare = new CatalogueItem { Categories = { "c" } };
        var items = NewItems.Of(generation, [KeyValuePair.Create("new", item), KeyValuePair.Create("i0", item), KeyValuePair.Create("bare", bare)], length: 0);
        Assert.Equal(("new", "bare", 2), (items.Id(0), items.Id(1), items.Count));
        Assert.Equal(1, items.WithVector);
        Assert.True(generation.TryGetItem("i0", out var i0));
        Assert.True(generation.TryGetItem("i2", out var i2));
        for (var d = 0; d < 2; d++)
            Assert.Equal((0.9f * generation.Items[i0][d] + 0.3f * generation.Items[i2][d]) / 1.2f, items.Vector(0)[d], 1e-6f);
        Assert.Equal(["c"], items.Categories(1));
        Assert.Equal([("i0", 0.9f), ("unheard of", 1), ("i2", 0.3f), ("i1", -0.5f)], items.Neighbors(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2.5f)]
    public void Of_ALength_PointsAsTheMeanDoesAndIsThatLong(float length)
    {
        var generation = SmallGeneration.Random(3, new Random(1));
        var item = KeyValuePair.Create("new", new CatalogueItem { NeighborIds = { "i0", "i2" }, NeighborCosines = { 0.9f, 0.3f } });
        Assert.True(generation.TryGetItem("i0", out var i0));
        Assert.True(generation.TryGetItem("i2", out var i2));

        var mean = NewItems.Of(generation, [item], length: 0).Vector(0).ToArray();
        var vector = NewItems.Of(generation, [item], length).Vector(0).ToArray();

        var wanted = length * (0.9f * Length(generation.Items[i0]) + 0.3f * Length(generation.Items[i2])) / 1.2f;
        Assert.Equal(wanted, Length(vector), 1e-5f);
        Assert.Equal(Length(mean) * wanted, Dot(mean, vector), 1e-5f);
    }

    [Fact]
    public void Of_NeighboursThatCancelEachOtherOut_StaysShort()
    {
        var generation = SmallGeneration.Of(1, 2, -1, -2);
        var item = KeyValuePair.Create("new", new CatalogueItem { NeighborIds = { "i0", "i1" }, NeighborCosines = { 0.5f, 0.5f } });

        Assert.Equal([0f, 0f], NewItems.Of(generation, [item], length: 1).Vector(0));
    }

    // iALS, for one, gives zeros to items that nobody has touched.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Of_NeighboursWhoseVectorsAreZeros_HasNone(float length)
    {
        var generation = SmallGeneration.Of(0, 0, 0, 0, 3, 4);
        var nothing = new CatalogueItem { NeighborIds = { "i0", "i1" }, NeighborCosines = { 0.9f, 0.5f } };
        var something = new CatalogueItem { NeighborIds = { "i0", "i2" }, NeighborCosines = { 0.5f, 0.5f } };

        var items = NewItems.Of(generation, [KeyValuePair.Create("nothing", nothing), KeyValuePair.Create("something", something)], length);

        Assert.Equal((1, "something"), (items.WithVector, items.Id(0)));
        Assert.Equal([1.5f, 2f], items.Vector(0));
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    public void Of_GenerationWithAnItemEncoder_HasItsVectorWhateverTheLengthOrElseTheInterimOne(int width, bool isEncoded)
    {
        var encoder = RandomItemEncoder.Of(width: 2, [("look", 3)]);
        var generation = SmallGeneration.Of(encoder, 1, 0, 1, 0);
        var item = new CatalogueItem { NeighborIds = { "i0", "i1" }, NeighborCosines = { 0.5f, 0.5f } };
        float[] look = [.. Enumerable.Range(1, width).Select(n => (float)n)];
        item.Features.Add(CatalogueFeatures.Write("look", ItemVector.Exact(look)));

        var vector = NewItems.Of(generation, [KeyValuePair.Create("new", item)], length: 5).Vector(0).ToArray();

        double[] expected = isEncoded ? PlainItemEncoder.Encode(encoder, look) : [5, 0];
        Assert.Equal(expected[0], vector[0], 1e-5);
        Assert.Equal(expected[1], vector[1], 1e-5);
    }

    private static CatalogueItem Like(Random random) => new() { NeighborIds = { $"i{random.Next(20)}" }, NeighborCosines = { 1 } };

    private static float Length(ReadOnlySpan<float> vector) => System.Numerics.Tensors.TensorPrimitives.Norm(vector);

    private static CatalogueItem Entry(Random random, params string[] neighbors) =>
        new() { NeighborIds = { neighbors }, NeighborCosines = { neighbors.Select(_ => random.NextSingle() + 0.1f) } };

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => System.Numerics.Tensors.TensorPrimitives.Dot(a, b);
}

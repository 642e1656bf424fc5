using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Graphs.UnitTests;

public class CosineNeighborsTests
{
    [Fact]
    public void TopK_AnyVectors_AgreesWithBruteForce() =>
        Prop.ForAll<int, byte, byte>((seed, k, size) =>
        {
            var random = new Random(seed);
            var items = 1 + size % 150;
            var features = RandomShop.Features("f", random, items, 1 + random.Next(20));
            var neighbors = 1 + k % 12;
            var found = CosineNeighbors.TopK(Raw(features), features.Present, neighbors, Ranks(items));
            for (var i = 0; i < items; i++)
            {
                var cosines = Enumerable.Range(0, items).Where(j => features.Present[j]).ToDictionary(j => j, j => Cosine(features, i, j));
                var row = Rows.Of(found, i);
                if (!features.Present[i])
                {
                    Assert.Empty(row);
                    continue;
                }
                Assert.Equal(Math.Min(neighbors, cosines.Count), row.Length);
                Assert.Contains(row, n => n.Column == i);
                Assert.Equal(row.Length, row.DistinctBy(n => n.Column).Count());
                Assert.All(row, n => Assert.Equal(cosines[n.Column], n.Value, 1e-5));
                // Nothing that was left out is nearer than what is in, apart from rounding.
                var weakest = row.Where(n => n.Column != i).Select(n => (double)n.Value).DefaultIfEmpty(double.MaxValue).Min();
                Assert.All(cosines.Where(c => row.All(n => n.Column != c.Key)), c => Assert.True(c.Value <= weakest + 1e-5));
                Assert.Equal(row.OrderByDescending(n => n.Value).Select(n => n.Value), row.Select(n => n.Value));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TopK_RowsInAnotherOrder_IsBitwiseTheSame() =>
        Prop.ForAll<int, byte>((seed, size) =>
        {
            var items = 2 + size;
            var features = RandomShop.Features("f", new Random(seed), items, 1 + size % 40);
            var places = Permutation.Random(seed, items);
            var ranks = Ranks(items);
            var found = CosineNeighbors.TopK(Raw(features), features.Present, 7, ranks);
            var permuted = CosineNeighbors.TopK(
                Raw(Permutation.Of(features, places)), Permutation.Of(features.Present, places), 7, Permutation.Of(ranks, places));
            for (var i = 0; i < items; i++)
                Assert.Equal(
                    Rows.Of(found, i).Select(n => (places[n.Column], BitConverter.SingleToInt32Bits(n.Value))),
                    Rows.Of(permuted, places[i]).Select(n => (n.Column, BitConverter.SingleToInt32Bits(n.Value))));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TopK_MoreEqualRowsThanPlaces_KeepsTheRowItselfAndTheSmallestRanks()
    {
        var values = Enumerable.Repeat(new[] { 0.3f, -2f, 0.7f }, 6).SelectMany(v => v).ToArray();
        var found = CosineNeighbors.TopK(FloatMatrix.Of(3, values), [true, true, true, true, true, true], 3, [5, 4, 3, 2, 1, 0]);
        Assert.Equal([5, 4, 0], found.RowColumns(0).ToArray());
        Assert.Equal([5, 4, 3], found.RowColumns(5).ToArray());
    }

    [Fact]
    public void TopK_ZeroVector_HasNoNeighboursAndIsNobodysNeighbour()
    {
        var found = CosineNeighbors.TopK(FloatMatrix.Of(2, [0, 0, 1, 0, 1, 1]), [true, true, true], 3, [0, 1, 2]);
        Assert.Equal(0, found.RowColumns(0).Length);
        Assert.Equal([1, 2], found.RowColumns(1).ToArray());
    }

    [Fact]
    public void TopK_ExtremeValues_StaysFinite()
    {
        var found = CosineNeighbors.TopK(FloatMatrix.Of(2, [float.MaxValue, float.MaxValue, 1e-40f, 0]), [true, true], 2, [0, 1]);
        Assert.All(found.Values, v => Assert.InRange(v, 0.5f, 1.0001f));
    }

    [Fact]
    public void TopK_CellsRowsInAnotherOrder_IsBitwiseTheSame() =>
        Prop.ForAll<int, byte>((seed, size) =>
        {
            var (vectors, _) = Gathered(seed, 200 + 3 * size);
            var search = new NeighborSearch(ExactUpTo: 1, Probes: 1 + size % 5);
            var places = Permutation.Random(seed, vectors.Rows);
            var (present, ranks) = (Enumerable.Repeat(true, vectors.Rows).ToArray(), Ranks(vectors.Rows));
            var permutedVectors = new FloatMatrix(vectors.Rows, vectors.Columns);
            for (var row = 0; row < vectors.Rows; row++)
                vectors[row].CopyTo(permutedVectors[places[row]]);
            var found = CosineNeighbors.TopK(vectors, present, 7, ranks, search);
            var permuted = CosineNeighbors.TopK(permutedVectors, present, 7, Permutation.Of(ranks, places), search);
            for (var i = 0; i < vectors.Rows; i++)
                Assert.Equal(
                    Rows.Of(found, i).Select(n => (places[n.Column], BitConverter.SingleToInt32Bits(n.Value))),
                    Rows.Of(permuted, places[i]).Select(n => (n.Column, BitConverter.SingleToInt32Bits(n.Value))));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TopK_AllCellsLookedAt_IsExact()
    {
        var (vectors, _) = Gathered(1, 3000);
        var (present, ranks) = (Enumerable.Repeat(true, vectors.Rows).ToArray(), Ranks(vectors.Rows));
        var exact = CosineNeighbors.TopK(vectors, present, 10, ranks);
        var cells = CosineNeighbors.TopK(vectors, present, 10, ranks, new(ExactUpTo: 1, Probes: int.MaxValue));
        Assert.Equal(exact.Columns, cells.Columns);
        Assert.Equal(exact.Values, cells.Values);
        Assert.Equal(1, NeighborRecall.Measure(cells, vectors, present, 10, ranks));
    }

    [Fact]
    public void TopK_FewCellsLookedAt_FindsMostOfVectorsThatGather()
    {
        var (vectors, groups) = Gathered(2, 6000);
        var (present, ranks) = (Enumerable.Repeat(true, vectors.Rows).ToArray(), Ranks(vectors.Rows));
        present[17] = false;
        double Recall(int probes) => NeighborRecall.Measure(
            CosineNeighbors.TopK(vectors, present, 10, ranks, new(ExactUpTo: 5000, probes)), vectors, present, 10, ranks);

        Assert.InRange(Recall(8), 0.9, 1);
        Assert.True(Recall(1) < Recall(8));
        var found = CosineNeighbors.TopK(vectors, present, 10, ranks, new(ExactUpTo: 5000, Probes: 4));
        Assert.Empty(Rows.Of(found, 17));
        for (var row = 0; row < vectors.Rows; row++)
            if (row != 17)
            {
                Assert.Equal(10, found.Degree(row));
                Assert.Contains(row, found.RowColumns(row).ToArray());
                Assert.DoesNotContain(17, found.RowColumns(row).ToArray());
                Assert.All(found.RowColumns(row).ToArray(), column => Assert.Equal(groups[row], groups[column]));
            }
    }

    [Fact]
    public void TopK_CellsOfEqualVectors_AreCutIntoPartsAndStayWhole()
    {
        // Users of one and the same item: half of all have the same vector.
        var (vectors, _) = Gathered(3, 4000);
        for (var row = 0; row < 2000; row++)
            vectors[0].CopyTo(vectors[row]);
        var found = CosineNeighbors.TopK(vectors, Enumerable.Repeat(true, 4000).ToArray(), 5, Ranks(4000), new(ExactUpTo: 100, Probes: 2));
        for (var row = 0; row < 4000; row++)
            Assert.Equal(5, found.Degree(row));
        Assert.All(found.RowValues(7).ToArray(), value => Assert.Equal(1, value, 1e-6));
    }

    /// <summary>Vectors around 40 directions.</summary>
    private static (FloatMatrix Vectors, int[] Groups) Gathered(int seed, int rows)
    {
        var random = new Random(seed);
        float[] Direction() => [.. Enumerable.Range(0, 24).Select(_ => random.NextSingle() - 0.5f)];
        var middles = Enumerable.Range(0, 40).Select(_ => Direction()).ToArray();
        var vectors = new FloatMatrix(rows, 24);
        var groups = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            groups[row] = random.Next(middles.Length);
            foreach (var (d, value) in Direction().Index())
                vectors[row][d] = middles[groups[row]][d] + 0.25f * value;
        }
        return (vectors, groups);
    }

    private static FloatMatrix Raw(ModalityFeatures features) => FeaturePreprocessing.Apply(features, GraphSettings.None, Ranks(features.Items));

    private static int[] Ranks(int count) => IdOrder.Ranks([.. Enumerable.Range(0, count).Select(i => $"i{i}")]);

    private static double Cosine(ModalityFeatures f, int i, int j)
    {
        double dot = 0, a = 0, b = 0;
        foreach (var (x, y) in f.ToFloats(i).Zip(f.ToFloats(j)))
        {
            dot += (double)x * y;
            a += (double)x * x;
            b += (double)y * y;
        }
        return dot / Math.Sqrt(a * b);
    }
}

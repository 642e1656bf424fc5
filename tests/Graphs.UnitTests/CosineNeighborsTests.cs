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

using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Rearm.Weights;

namespace Rearm.Streaming.Models.UnitTests.Rearm.Weights;

public class GraphWeightTests
{
    private static readonly SparseRows Counts = new([0, 3, 4, 4], [1, 2, 0, 0], [3, 2, 1, 3]);

    [Fact]
    public void Cooccurrence_FewerThanK_KeepsThoseThereAre()
    {
        var weights = CooccurrenceWeights.Build(Counts, 2, new MostActive([0, 1], [0.75f, 0.25f]));
        Assert.Equal([0, 2, 3, 5], weights.Pointers);
        // Row 0: softmax(3, 2); row 1: its one neighbour; row 2 has none: the most active, softmax of their shares.
        float[] expected = [0.7310586f, 0.26894143f, 1, 0.62245935f, 0.37754068f];
        Assert.All(expected.Zip(weights.Values), p => Assert.Equal(p.First, p.Second, 6));
    }

    [Fact]
    public void Similarity_RowsOfUnequalLength_DividesByTheRootOfBothDegrees()
    {
        var weights = SimilarityWeights.Build(new([0, 2, 3], [0, 1, 1], [1, 0.5f, 1]), 5);
        Assert.All(new[] { 0.5f, 0.5f / MathF.Sqrt(2), 1 }.Zip(weights.Values), p => Assert.Equal(p.First, p.Second, 6));
    }

    [Fact]
    public void WeightedSum_SharedEntries_AddUpAndAscend()
    {
        var sum = WeightedSum.Of(1, [(0.5, new([0, 2], [2, 0], [1, 2])), (2, new([0, 1], [2], [3])), (0, new([0, 1], [1], [9]))]);
        Assert.Equal([0, 2], sum.Columns);
        Assert.Equal([1, 6.5f], sum.Values);
    }

    [Fact]
    public void MostActive_Ties_AreTheSameInAnyOrderOfIds()
    {
        var one = MostActive.Of([3, 3, 3, 1], ["a", "b", "c", "d"], 2).Nodes.Select(n => "abcd"[n]);
        var other = MostActive.Of([1, 3, 3, 3], ["d", "c", "b", "a"], 2).Nodes.Select(n => "dcba"[n]);
        Assert.Equal(one, other);
    }
}

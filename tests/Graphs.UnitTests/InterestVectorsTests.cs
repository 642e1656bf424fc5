using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs.UnitTests;

public class InterestVectorsTests
{
    private static readonly InteractionMatrix Interactions = InteractionPairs.ToMatrix(3, [new(0, 0, 1), new(0, 1, 1), new(0, 2, 1), new(1, 1, 1)]);

    [Fact]
    public void Mean_ItemsWithAndWithoutVector_AveragesThoseThatHaveOne() =>
        Assert.Equal([2, 4, 0, 0, 0, 0], Assert.Single(InterestVectors.Mean(Interactions, FloatMatrix.Of(2, [1, 2, 0, 0, 3, 6]), [true, false, true], [0, 1, 2]).Blocks));

    [Fact]
    public void Present_UserOfItemsWithoutVector_IsFalse() =>
        Assert.Equal([true, false, false], InterestVectors.Present(Interactions, [true, false, true]));
}

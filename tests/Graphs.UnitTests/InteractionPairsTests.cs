using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Graphs.UnitTests;

public class InteractionPairsTests
{
    [Fact]
    public void ToMatrix_RepeatedPair_KeepsTheNewest()
    {
        var matrix = InteractionPairs.ToMatrix(2, [new(1, 4, 10, 2), new(1, 3, 5), new(1, 4, 30, 7), new(1, 4, 20, 9)]);
        Assert.Equal([0, 0, 2], matrix.Pointers);
        Assert.Equal([3, 4], matrix.Items);
        Assert.Equal([5L, 30L], matrix.Times);
        Assert.Equal([1f, 7f], matrix.Weights);
    }

    [Fact]
    public void ToMatrix_UserOutOfRange_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => InteractionPairs.ToMatrix(2, [new(2, 0, 0)]));

    [Fact]
    public void Transpose_Twice_IsTheSame()
    {
        var matrix = RandomShop.Content(3).Interactions;
        var back = matrix.Pattern.Transpose(17).Transpose(matrix.Users);
        Assert.Equal(matrix.Pointers, back.Pointers);
        Assert.Equal(matrix.Items, back.Columns);
    }
}

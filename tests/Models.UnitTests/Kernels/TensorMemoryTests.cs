using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public unsafe class TensorMemoryTests
{
    // Memory that is never written to takes none.
    [Fact]
    public void Of_MoreThanTwoGigabytes_IsTheFirstElement()
    {
        using var matrix = empty(600_000, 1024);
        using var last = matrix.narrow(0, 599_999, 1).narrow(1, 1023, 1).fill_(7);

        Assert.Equal(7, TensorMemory.Of(matrix)[matrix.numel() - 1]);
        Assert.Equal(7, TensorMemory.Values(matrix, matrix.numel())[^1]);
    }

    [Fact]
    public void Values_PartOfAnotherTensor_AreItsOwn()
    {
        using var all = arange(12, dtype: ScalarType.Float32).view(4, 3);
        using var part = all.narrow(0, 2, 1);

        Assert.Equal([6, 7, 8], TensorMemory.Values(part, 3).ToArray());
        Assert.Equal(6, *TensorMemory.Of(part));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    public void Values_NoElements_AreNone(long rows, long columns)
    {
        using var matrix = empty(rows, columns);

        Assert.True(TensorMemory.Values(matrix, 0).IsEmpty);
    }
}

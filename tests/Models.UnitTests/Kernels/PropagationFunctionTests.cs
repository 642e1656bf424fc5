using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class PropagationFunctionTests
{
    [Theory]
    [InlineData(0, 64)]
    [InlineData(1, 7)]
    [InlineData(2, 100)]
    [InlineData(4, 192)]
    public void Mean_AnyNumberOfLayers_IsTheMeanOfPowersWithItsGradient(int layers, int width)
    {
        const int rows = 300;
        var random = new Random(width);
        var entries = Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, rows).Where(_ => random.Next(rows) < 6).ToArray()).ToArray();
        int[] pointers = [0, .. entries.Select((_, row) => entries.Take(row + 1).Sum(e => e.Length))];
        int[] columns = [.. entries.SelectMany(e => e)];
        var matrix = new SparseRows(pointers, columns, Gradients.Random(random, columns.Length, 0.5));

        Gradients.AssertSame(
            x => PropagationFunction.Mean(matrix, matrix.Transpose(rows), x[0], layers), x => Plain(matrix, x[0], layers),
            1e-5, Gradients.Random(random, rows * width), (Gradients.Random(random, rows * width), [rows, width]));
    }

    [Fact]
    public void Mean_ShapesThatDoNotFit_AreRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        var matrix = SparseRows.Empty(4);
        Assert.Contains("[5, 2]", Assert.Throws<ArgumentException>(() => PropagationFunction.Mean(matrix, matrix.Transpose(4), ones(5, 2), 1)).Message);
        Assert.Throws<ArgumentException>(() => PropagationFunction.Mean(matrix, matrix.Transpose(3), ones(4, 2), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PropagationFunction.Mean(matrix, matrix.Transpose(4), ones(4, 2), -1));
    }

    private static Tensor Plain(SparseRows matrix, Tensor x, int layers)
    {
        var dense = new float[matrix.Rows * matrix.Rows];
        for (var row = 0; row < matrix.Rows; row++)
            for (var e = matrix.Pointers[row]; e < matrix.Pointers[row + 1]; e++)
                dense[row * matrix.Rows + matrix.Columns[e]] += matrix.Values[e];
        var g = tensor(dense, [matrix.Rows, matrix.Rows], dtype: x.dtype);
        var (power, sum) = (x, x);
        for (var layer = 0; layer < layers; layer++)
        {
            power = g.mm(power);
            sum += power;
        }
        return sum / (layers + 1);
    }
}

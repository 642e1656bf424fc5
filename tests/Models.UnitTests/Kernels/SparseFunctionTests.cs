using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class SparseFunctionTests
{
    [Theory]
    [InlineData(7, 5, 1)]
    [InlineData(50, 40, 7)]
    [InlineData(300, 200, 64)]
    [InlineData(300, 200, 100)]
    [InlineData(129, 257, 192)]
    [InlineData(40, 30, 333)]
    [InlineData(1, 1, 8)]
    public void Multiply_AnyWidth_IsThePlainProductWithItsGradient(int rows, int columns, int width)
    {
        var random = new Random(rows);
        var matrix = RandomMatrix(random, rows, columns);
        var dense = Gradients.Random(random, (long)columns * width);
        var gradient = Gradients.Random(random, (long)rows * width);

        var expected = Gradients.Of(x => Dense(matrix, columns).mm(x[0]), gradient, (dense, [columns, width]));
        var actual = Gradients.Of(x => SparseFunction.Multiply(matrix, matrix.Transpose(columns), x[0]), gradient, (dense, [columns, width]));

        Assert.All(expected.Zip(actual), pair => Assert.InRange(Gradients.Difference(pair.First, pair.Second), 0, 1e-6));
    }

    [Fact]
    public void Multiply_TransposedView_ReadsItAsItIs()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        var matrix = RandomMatrix(random, 20, 10);
        var view = tensor(Gradients.Random(random, 30), [3, 10]).t();

        var product = SparseFunction.Multiply(matrix, matrix.Transpose(10), view);

        Assert.InRange(Gradients.Difference(Dense(matrix, 10).mm(view).data<float>().ToArray(), product.data<float>().ToArray()), 0, 1e-6);
    }

    [Fact]
    public void Multiply_EmptyRowsAndNoRows_AreZerosAndNothing()
    {
        using var scope = NewDisposeScope();
        var empty = SparseRows.Empty(3);
        Assert.All(SparseFunction.Multiply(empty, empty.Transpose(2), ones(2, 5)).data<float>().ToArray(), value => Assert.Equal(0, value));
        Assert.Equal([0, 5], SparseFunction.Multiply(SparseRows.Empty(0), SparseRows.Empty(2), ones(2, 5)).shape);
    }

    [Fact]
    public void Multiply_ShapesThatDoNotFit_AreRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        var matrix = RandomMatrix(new Random(1), 4, 3);
        var e = Assert.Throws<ArgumentException>(() => SparseFunction.Multiply(matrix, matrix.Transpose(3), ones(5, 2)));
        Assert.Contains("[5, 2]", e.Message);
    }

    [Fact]
    public void Multiply_Float64_IsRefused()
    {
        using var scope = NewDisposeScope();
        var matrix = RandomMatrix(new Random(1), 4, 3);
        Assert.Throws<ArgumentException>(() => SparseFunction.Multiply(matrix, matrix.Transpose(3), ones(3, 2, dtype: ScalarType.Float64)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Multiply_AnyNumberOfThreads_GivesTheSameBits(int threads)
    {
        var random = new Random(9);
        var matrix = RandomMatrix(random, 1000, 700);
        var dense = Gradients.Random(random, 700 * 70);
        var gradient = Gradients.Random(random, 1000 * 70);
        float[][] Run() => Gradients.Of(x => SparseFunction.Multiply(matrix, matrix.Transpose(700), x[0]), gradient, (dense, [700, 70]));

        Assert.Equal(Threads.On(1, Run), Threads.On(threads, Run));
    }

    private static SparseRows RandomMatrix(Random random, int rows, int columns)
    {
        var pointers = new int[rows + 1];
        var entries = new List<int>();
        for (var row = 0; row < rows; row++)
        {
            // Every seventh row is empty.
            if (row % 7 != 3)
                entries.AddRange(Enumerable.Range(0, columns).Where(_ => random.Next(columns) < 12));
            pointers[row + 1] = entries.Count;
        }
        return new(pointers, [.. entries], Gradients.Random(random, entries.Count));
    }

    private static Tensor Dense(SparseRows matrix, int columns)
    {
        var dense = new float[matrix.Rows * columns];
        for (var row = 0; row < matrix.Rows; row++)
            for (var e = matrix.Pointers[row]; e < matrix.Pointers[row + 1]; e++)
                dense[row * columns + matrix.Columns[e]] += matrix.Values[e];
        return tensor(dense, [matrix.Rows, columns]);
    }
}

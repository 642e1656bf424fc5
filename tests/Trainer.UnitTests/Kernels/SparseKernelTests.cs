using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Trainer.Adjacency;
using Rearm.Streaming.Trainer.Kernels;
using Rearm.Streaming.Trainer.Model;
using Rearm.Streaming.Trainer.UnitTests.Golden;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.UnitTests.Kernels;

public class SparseKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(192)]
    [InlineData(200)]
    public void Multiply_AnyWidth_IsThePlainOperator(int width)
    {
        using var scope = NewDisposeScope();
        var matrix = Random(50, 30, width);
        manual_seed(width);
        var dense = rand(30, width);
        var weight = rand(50, width);
        var (fused, fusedGradient) = Product(matrix, dense, weight);
        KernelLibrary.Disabled = true;
        try
        {
            var (plain, plainGradient) = Product(matrix, dense, weight);
            Close.To(plain, fused, 1e-5, "value");
            Close.To(plainGradient, fusedGradient, 1e-5, "gradient");
        }
        finally
        {
            KernelLibrary.Disabled = false;
        }
    }

    private static (double[] Value, double[] Gradient) Product(SparseRows matrix, Tensor dense, Tensor weight)
    {
        using var graph = new SparseOperator(matrix, 30, ScalarType.Float32, CPU);
        var x = dense.detach().clone().requires_grad_();
        var y = graph.Multiply(x);
        (y * weight).sum().backward();
        return (GoldenModel.Values(y), GoldenModel.Values(x.grad!));
    }

    private static SparseRows Random(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var builder = new RowBuilder(rows, 4);
        for (var row = 0; row < rows; row++)
        {
            var chosen = Enumerable.Range(0, columns).Where(_ => random.Next(5) == 0).ToArray();
            builder.Add(chosen, [.. chosen.Select(_ => random.NextSingle())]);
        }
        return builder.Build();
    }
}

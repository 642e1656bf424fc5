using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class LowRankFunctionTests
{
    [Theory]
    [InlineData(1, 4, 1)]
    [InlineData(50, 5, 2)]
    [InlineData(400, 64, 3)]
    [InlineData(130, 16, 7)]
    [InlineData(20, 100, 4)]
    public void Transform_AnyWidthAndRank_IsThePlainTransformWithItsGradients(int nodes, int d, int r)
    {
        var random = new Random(d);
        var gradient = Gradients.Random(random, (long)nodes * d);
        // As of nodes that are not in the batch.
        gradient.AsSpan(0, nodes / 3 * d).Clear();
        (float[], long[]) Rows(int width) => (Gradients.Random(random, (long)nodes * width), [nodes, width]);

        Gradients.AssertSame(
            x => LowRankFunction.Transform(x[0], x[1], x[2]), x => Plain(x[0], x[1], x[2], d, r), 3e-5, gradient, Rows(d), Rows(d * r), Rows(d * r));
    }

    [Fact]
    public void Transform_ShapesThatDoNotFit_AreRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[3, 9]", Assert.Throws<ArgumentException>(() => LowRankFunction.Transform(ones(3, 4), ones(3, 9), ones(3, 9))).Message);
        Assert.Throws<ArgumentException>(() => LowRankFunction.Transform(ones(3, 4), ones(3, 8), ones(3, 4)));
        Assert.Throws<ArgumentException>(() => LowRankFunction.Transform(ones(3, 4), ones(2, 8), ones(2, 8)));
    }

    private static Tensor Plain(Tensor id, Tensor first, Tensor second, int d, int r)
    {
        var (u1, u2) = (nn.functional.normalize(first, p: 2, dim: 1), nn.functional.normalize(second, p: 2, dim: 1));
        var w1 = nn.functional.softmax((u1 + u1.mean([0], keepdim: true)).view(-1, r, d).transpose(1, 2), 1);
        var w2 = nn.functional.softmax((u2 + u2.mean([0], keepdim: true)).view(-1, r, d), 1);
        return id.unsqueeze(1).bmm(w1).bmm(w2).squeeze(1);
    }
}

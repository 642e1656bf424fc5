using static Rearm.Streaming.Torch.UnitTests.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Rearm.Streaming.Torch.UnitTests;

/// <summary>Every differentiable operator against finite differences.</summary>
public class GradientTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> OneArgument = new()
    {
        ["neg"] = x => -x,
        ["exp"] = x => x.exp(),
        ["log"] = x => (x.square() + 1).log(),
        ["sigmoid"] = x => x.sigmoid(),
        ["logsigmoid"] = functional.logsigmoid,
        ["softplus"] = x => functional.softplus(x),
        ["relu"] = x => x.relu(),
        ["leaky_relu"] = x => functional.leaky_relu(x, 0.1),
        ["tanh"] = x => x.tanh(),
        ["abs"] = x => x.abs(),
        ["sqrt"] = x => (x.square() + 1).sqrt(),
        ["rsqrt"] = x => (x.square() + 1).rsqrt(),
        ["pow"] = x => x.pow(3),
        ["clamp"] = x => x.clamp(-0.5, 0.5),
        ["softmax"] = x => x.softmax(1),
        ["log_softmax"] = x => functional.log_softmax(x, 1),
        ["logsumexp"] = x => x.logsumexp(1),
        ["sum"] = x => x.sum(),
        ["sum over a dimension"] = x => x.sum(dim: 0),
        ["mean"] = x => x.mean([1], keepdim: true),
        ["norm"] = x => x.norm(1),
        ["var"] = x => x.var(1),
        ["max"] = x => x.max(1).values,
        ["min"] = x => x.min(),
        ["topk"] = x => x.topk(2).values,
        ["sort"] = x => x.sort(descending: true).Values,
        ["normalize"] = x => functional.normalize(x),
        ["layer_norm"] = x => functional.layer_norm(x, [4]),
        ["transpose"] = x => x.t().mm(x),
        ["reshape"] = x => x.reshape(2, 6).square(),
        ["permute"] = x => x.permute(1, 0).contiguous().view(-1).square(),
        ["expand"] = x => x.unsqueeze(1).expand(-1, 2, -1).square(),
        ["narrow"] = x => x.narrow(1, 1, 2).square(),
        ["slices"] = x => x[1.., ^2..].square(),
        ["split"] = x => x.split(2, 1)[1].square(),
        ["chunk"] = x => x.chunk(3)[2].exp(),
        ["cat"] = x => cat([x, x.exp()], 1),
        ["stack"] = x => stack([x, x.exp()]),
        ["index_select"] = x => x.index_select(0, tensor(new long[] { 2, 0, 2 })).square(),
        ["index"] = x => x[tensor(new long[] { 1, 1, 0 })].square(),
        ["gather"] = x => x.gather(1, tensor(new long[,] { { 0, 0 }, { 3, 1 }, { 2, 2 } })).square(),
        ["masked_fill"] = x => x.square().masked_fill(x > 0, 3),
        ["where"] = x => where(x > 0, x.exp(), x.square()),
        ["cross_entropy"] = x => functional.cross_entropy(x, tensor(new long[] { 0, 3, 1 })),
        ["cumsum"] = x => x.cumsum(1).square(),
        ["einsum"] = x => einsum("ij,kj->ik", x, x),
        ["in place"] = x => x.square().mul_(2).add_(x),
    };

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> TwoArguments = new()
    {
        ["add"] = (x, y) => x.add(y, 0.5),
        ["sub"] = (x, y) => 2 - x - y,
        ["mul"] = (x, y) => x * y,
        ["div"] = (x, y) => x / (y.square() + 1),
        ["reciprocal"] = (x, y) => 1 / (x.square() + y.square() + 1),
        ["maximum"] = (x, y) => maximum(x, y),
        ["mm"] = (x, y) => x.mm(y.t()),
        ["matmul"] = (x, y) => x.matmul(y.t()),
        ["bmm"] = (x, y) => x.unsqueeze(0).bmm(y.t().unsqueeze(0)),
        ["addmm"] = (x, y) => addmm(x.narrow(1, 0, 3), x, y.t(), 0.5f, 2f),
        ["linear"] = (x, y) => functional.linear(x, y),
        ["cosine_similarity"] = (x, y) => functional.cosine_similarity(x, y),
        ["index_add"] = (x, y) => x.index_add(0, tensor(new long[] { 0, 2, 0 }), y, 2).square(),
        ["scatter_add"] = (x, y) => x.scatter_add(0, tensor(new long[,] { { 0, 1, 2, 0 }, { 1, 1, 1, 1 }, { 2, 0, 0, 2 } }), y).square(),
        ["mse_loss"] = (x, y) => functional.mse_loss(x, y),
    };

    public static TheoryData<string> One => [.. OneArgument.Keys];

    public static TheoryData<string> Two => [.. TwoArguments.Keys];

    [Theory, MemberData(nameof(One))]
    public void Operator_OfOneTensor_HasTheGradientOfFiniteDifferences(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        AssertGradients(x => OneArgument[name](x[0]), randn(3, 4, float64));
    }

    [Theory, MemberData(nameof(Two))]
    public void Operator_OfTwoTensors_HasTheGradientsOfFiniteDifferences(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        AssertGradients(x => TwoArguments[name](x[0], x[1]), randn(3, 4, float64), randn(3, 4, float64));
    }

    [Fact]
    public void PRelu_HasTheGradientOfItsSlope()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        AssertGradients(x => functional.prelu(x[0], x[1]), randn(3, 4, float64), Vector(0.25));
    }

    [Fact]
    public void LayerNorm_HasTheGradientsOfWeightAndBias()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        AssertGradients(x => functional.layer_norm(x[0], [4], x[1], x[2]), randn(3, 4, float64), randn(4, float64), randn(4, float64));
    }

    [Fact]
    public void Embedding_AddsUpTheGradientsOfRepeatedIndices()
    {
        using var scope = NewDisposeScope();
        using var embedding = Embedding_from_pretrained(zeros(4, 2, float64), freeze: false);
        embedding.call(tensor(new long[] { 1, 3, 1 })).sum().backward();
        AssertClose([0, 0, 2, 2, 0, 0, 1, 1], embedding.weight!.grad!.reshape(-1));
    }

    [Fact]
    public void SparseProduct_HasTheGradientOfTheDenseSide()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        var indices = tensor(new long[,] { { 0, 0, 1, 2 }, { 2, 0, 2, 1 } });
        var sparse = sparse_coo_tensor(indices, Vector(1, 2, 3, 4), [3, 3]);
        AssertGradients(x => mm(sparse, x[0]).square(), randn(3, 2, float64));
    }

    [Fact]
    public void Grad_OfTwice_IsTheSecondDerivative()
    {
        using var scope = NewDisposeScope();
        var x = Vector(2).requires_grad_();
        var first = autograd.grad([x.pow(3).sum()], [x], create_graph: true)[0];
        var second = autograd.grad([first.sum()], [x])[0];
        AssertClose([12], first);
        AssertClose([12], second);
        Assert.Null(x.grad);
    }

    [Fact]
    public void Backward_CalledTwice_AddsUp()
    {
        using var scope = NewDisposeScope();
        var x = Vector(1, 2).requires_grad_();
        (x * 3).sum().backward();
        (x * 3).sum().backward();
        AssertClose([6, 6], x.grad!);
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void NoGrad_UntilDisposed_RecordsNothing()
    {
        using var scope = NewDisposeScope();
        var x = Vector(1).requires_grad_();
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
                Assert.True((x * 2).requires_grad);
        }
        using (inference_mode())
            Assert.False((x * 2).requires_grad);
        Assert.True((x * 2).requires_grad);
        Assert.False(x.detach().requires_grad);
    }
}

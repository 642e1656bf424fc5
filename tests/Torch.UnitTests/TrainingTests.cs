using TorchSharp;
using TorchSharp.Modules;
using static Rearm.Streaming.Torch.UnitTests.Numbers;
using static TorchSharp.torch;

namespace Rearm.Streaming.Torch.UnitTests;

public class TrainingTests
{
    private sealed class Network : nn.Module<Tensor, Tensor>
    {
        private readonly Linear first = nn.Linear(3, 8);
        private readonly PReLU slope = nn.PReLU(1);
        private readonly LayerNorm norm = nn.LayerNorm(8);
        private readonly Linear second = nn.Linear(8, 1);

        internal Network() : base("network") => RegisterComponents();

        public override Tensor forward(Tensor input) => second.call(norm.call(slope.call(first.call(input))));
    }

    [Fact]
    public void Network_TrainedForAHundredSteps_LearnsAndLeaksNothing()
    {
        manual_seed(1);
        using var network = new Network();
        using var optimizer = optim.AdamW(network.parameters(), lr: 1e-2, weight_decay: 1e-3);
        using var x = randn(64, 3);
        using var weight = tensor(new float[] { 1, -2, 0.5f }, [3, 1]);
        using var y = x.mm(weight);
        float first = 0, last = 0;
        long before = 0;
        for (var step = 0; step < 101; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.mse_loss(network.call(x), y);
            loss.backward();
            optimizer.step();
            last = loss.ToSingle();
            if (step == 0)
                first = last;
            scope.Dispose();
            if (step == 0)
                before = Tensor.TotalCount;
        }
        Assert.Equal(before, Tensor.TotalCount);
        Assert.True(last < first / 5, $"loss went from {first} to {last}");
    }

    [Fact]
    public void SparseProduct_HasGradientToTheDenseSide()
    {
        using var scope = NewDisposeScope();
        var indices = tensor(new long[] { 0, 0, 1, 2, 0, 2 }, [2, 3]);
        var values = tensor(new float[] { 1, 2, 3 });
        var sparse = sparse_coo_tensor(indices, values, [2, 3]);
        var dense = ones(3, 2, requires_grad: true);
        var product = torch.mm(sparse, dense);
        product.sum().backward();
        Assert.Equal([3f, 3f, 3f, 3f], product.data<float>().ToArray());
        Assert.Equal([2f, 2f, 0f, 0f, 4f, 4f], dense.grad!.data<float>().ToArray());
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static Rearm.Streaming.Torch.UnitTests.Numbers;
using static TorchSharp.torch;

namespace Rearm.Streaming.Torch.UnitTests;

public class ModuleTests
{
    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Linear linear = nn.Linear(4, 3);
        private readonly ModuleList<nn.Module<Tensor, Tensor>> layers = nn.ModuleList<nn.Module<Tensor, Tensor>>(nn.Linear(3, 3), nn.Dropout(0.5));
        private readonly Parameter scale = nn.Parameter(ones(3));
        private readonly Tensor offset = zeros(3);

        internal Block() : base(nameof(Block)) => RegisterComponents();

        internal Parameter Scale => scale;

        public override Tensor forward(Tensor input)
        {
            var x = linear.call(input);
            foreach (var layer in layers)
                x = layer.call(x);
            return x * scale + offset;
        }
    }

    [Fact]
    public void Fields_AreParametersBuffersAndSubmodules()
    {
        using var block = new Block();
        Assert.Equal(
            ["scale", "linear.bias", "linear.weight", "layers.0.bias", "layers.0.weight"], block.named_parameters().Select(p => p.name));
        Assert.Equal(["offset"], block.named_buffers().Select(b => b.name));
        Assert.Equal(["linear", "layers"], block.named_children().Select(c => c.name));
        Assert.Contains("layers.1", block.named_modules().Select(c => c.name));
        Assert.Equal(6, block.state_dict().Count);
        Assert.Same(block.Scale, block.get_parameter("scale"));
        Assert.All(block.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void Dropout_InEvaluation_DoesNothing()
    {
        using var scope = NewDisposeScope();
        using var dropout = nn.Dropout(0.5);
        var x = ones(1000);
        var values = dropout.call(x).data<float>().ToArray();
        Assert.Equal([0f, 2f], values.Distinct().Order());
        dropout.eval();
        Assert.True(dropout.call(x).Equals(x));
        dropout.train();
        Assert.True(dropout.training);
    }

    [Fact]
    public void Layers_ComputeTheirFormulas()
    {
        using var scope = NewDisposeScope();
        var x = Matrix(1, -1, 3).@float();
        var linear = nn.Linear(2, 1);
        Assert.Equal((2, 1), (linear.in_features, linear.out_features));
        using (no_grad())
        {
            linear.weight.copy_(tensor(new float[] { 2, 1 }, [1, 2]));
            linear.bias!.fill_(0.5);
        }
        AssertClose([1.5], linear.call(x).reshape(-1), 1e-6);
        Assert.Null(nn.Linear(2, 1, hasBias: false).bias);
        AssertClose([-0.25, 3], nn.PReLU(1).call(x).reshape(-1), 1e-6);
        AssertClose([-1, 1], nn.LayerNorm(2).call(x).reshape(-1), 1e-4);
        AssertClose([0, 3], nn.ReLU().call(x).reshape(-1), 1e-6);
        AssertClose([-0.01, 3], nn.LeakyReLU().call(x).reshape(-1), 1e-6);
        var embedding = nn.Embedding(5, 2, padding_idx: 1);
        Assert.Equal([3, 2], embedding.call(tensor(new long[] { 0, 1, 4 })).shape);
        AssertClose([0, 0], embedding.weight![1], 0);
        AssertClose([1, 2], nn.Embedding_from_pretrained(Matrix(1, 1, 2)).call(tensor(new long[] { 0 })).reshape(-1));
        var both = nn.Sequential(linear, nn.ReLU());
        AssertClose([1.5], both.call(x).reshape(-1), 1e-6);
        Assert.Equal(["0.bias", "0.weight"], both.named_parameters().Select(p => p.name));
    }

    [Fact]
    public void Functions_ComputeTheirFormulas()
    {
        using var scope = NewDisposeScope();
        AssertClose([0.6, 0.8], nn.functional.normalize(Matrix(1, 3, 4)).reshape(-1));
        AssertClose([0, 0], nn.functional.normalize(Matrix(1, 0, 0)).reshape(-1));
        AssertClose([0.96], nn.functional.cosine_similarity(Matrix(1, 3, 4), Matrix(1, 4, 3)));
        AssertClose([-Math.Log(2)], nn.functional.logsigmoid(Vector(0)));
        AssertClose([-1000], nn.functional.logsigmoid(Vector(-1000)));
        AssertClose([Math.Log(2)], nn.functional.cross_entropy(Matrix(1, 1, 1), tensor(new long[] { 0 })).reshape(1));
        AssertClose([0.25, 0.75], softmax(Vector(0, Math.Log(3)), 0));
        AssertClose([2.5], nn.functional.mse_loss(Vector(1, 2), Vector(2, 4)).reshape(1));
    }

    [Fact]
    public void Inits_KeepToTheirBounds()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var x = zeros(100, 50, requires_grad: true);
        Assert.Equal(Math.Sqrt(6.0 / 150), nn.init.xavier_uniform_(x).abs().max().ToDouble(), 2);
        Assert.Equal(Math.Sqrt(2.0 / 150), nn.init.xavier_normal_(x).std().ToDouble(), 2);
        Assert.Equal(Math.Sqrt(6.0 / 50), nn.init.kaiming_uniform_(x).abs().max().ToDouble(), 2);
        Assert.Equal(2, nn.init.normal_(x, 0, 2).std().ToDouble(), 1);
        Assert.Equal(5000, nn.init.ones_(x).sum().ToDouble());
        Assert.Throws<ArgumentException>(() => nn.init.xavier_uniform_(zeros(3)));
    }

    [Fact]
    public void ClipGradNorm_ScalesAllGradientsTogether()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (nn.Parameter(Vector(0)), nn.Parameter(Vector(0)));
        a.grad = Vector(3);
        b.grad = Vector(4);
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, nn.Parameter(Vector(0))], 1), 9);
        AssertClose([0.6], a.grad!, 1e-5);
        AssertClose([0.8], b.grad!, 1e-5);
    }

    [Fact]
    public void State_SavedAndLoaded_IsTheSame()
    {
        using var scope = NewDisposeScope();
        using var source = new Block();
        using var target = new Block();
        var path = Path.GetTempFileName();
        try
        {
            source.save(path);
            target.load(path);
        }
        finally
        {
            File.Delete(path);
        }
        foreach (var (name, value) in source.state_dict())
            Assert.True(value.Equals(target.state_dict()[name]), name);
    }

    [Fact]
    public void State_OfAnotherModule_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var block = new Block();
        using var linear = nn.Linear(4, 3);
        using var wider = nn.Linear(5, 3);
        var stream = new MemoryStream();
        linear.save(new BinaryWriter(stream));
        Assert.Throws<ArgumentException>(() => block.load(new MemoryStream(stream.ToArray())));
        Assert.Contains("[3, 4]", Assert.Throws<ArgumentException>(() => wider.load(new MemoryStream(stream.ToArray()))).Message);
        Assert.Throws<EndOfStreamException>(() => linear.load(new MemoryStream(stream.ToArray()[..^3])));
        Assert.Contains("scale", Assert.Throws<InvalidOperationException>(() => block.load_state_dict(linear.state_dict())).Message);
        Assert.Equal(6, block.load_state_dict(linear.state_dict(), strict: false).missing_keys.Count);
    }

    [Fact]
    public void Module_MovedToAnotherType_KeepsItsNumbersAndLeaksNothing()
    {
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            using var block = new Block();
            var single = block.Scale.data<float>().ToArray();
            block.to(float64);
            Assert.All(block.state_dict().Values, t => Assert.Equal(ScalarType.Float64, t.dtype));
            Assert.Equal(single.Select(x => (double)x), block.Scale.data<double>().ToArray());
            Assert.Equal(ScalarType.Float64, block.call(ones(1, 4, float64)).dtype);
            block.to(CPU);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Bool)]
    public void Tensor_SavedAndLoaded_IsTheSame(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var x = randn(7, 3).to(type).t();
        var stream = new MemoryStream();
        x.Save(new BinaryWriter(stream));
        stream.Position = 0;
        Assert.True(Tensor.Load(stream).Equals(x));
    }
}

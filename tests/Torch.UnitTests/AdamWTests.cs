using TorchSharp;
using TorchSharp.Modules;
using static Rearm.Streaming.Torch.UnitTests.Numbers;
using static TorchSharp.torch;

namespace Rearm.Streaming.Torch.UnitTests;

public class AdamWTests
{
    private const double Rate = 0.1, Beta1 = 0.9, Beta2 = 0.99, Epsilon = 1e-3, Decay = 0.01;

    /// <summary>The formula of torch.optim.AdamW, by hand.</summary>
    private static double[] ByHand(double[] start, double[][] gradients)
    {
        var weights = (double[])start.Clone();
        var (mean, square) = (new double[weights.Length], new double[weights.Length]);
        for (var t = 1; t <= gradients.Length; t++)
            for (var i = 0; i < weights.Length; i++)
            {
                var gradient = gradients[t - 1][i];
                weights[i] -= Rate * Decay * weights[i];
                mean[i] = Beta1 * mean[i] + (1 - Beta1) * gradient;
                square[i] = Beta2 * square[i] + (1 - Beta2) * gradient * gradient;
                var root = Math.Sqrt(square[i] / (1 - Math.Pow(Beta2, t))) + Epsilon;
                weights[i] -= Rate * (mean[i] / (1 - Math.Pow(Beta1, t))) / root;
            }
        return weights;
    }

    private static AdamW Optimizer(params Parameter[] parameters)
        => optim.AdamW(parameters, Rate, Beta1, Beta2, Epsilon, Decay);

    private static void Step(AdamW optimizer, Parameter parameter, double[] gradient)
    {
        using var tensor = Vector(gradient).to(parameter.dtype).reshape(parameter.shape);
        parameter.grad = tensor;
        optimizer.step();
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-12)]
    [InlineData(ScalarType.Float32, 1e-6)]
    public void Step_OfThreeGradients_IsTheFormula(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        double[] start = [1, -2, 0.5];
        double[][] gradients = [[0.1, -0.3, 2], [0.5, 0.2, -1], [0, -1, 0.7]];
        var parameter = nn.Parameter(Vector(start).to(type));
        using var optimizer = Optimizer(parameter);
        foreach (var gradient in gradients)
            Step(optimizer, parameter, gradient);
        AssertClose(ByHand(start, gradients), parameter, tolerance);
    }

    [Fact]
    public void Step_OfAStridedParameter_IsTheFormula()
    {
        using var scope = NewDisposeScope();
        // Not contiguous, so the fused loop leaves it to the operators.
        var parameter = nn.Parameter(Matrix(2, 1, 2, 3, 4).t());
        Assert.False(parameter.is_contiguous());
        using var optimizer = Optimizer(parameter);
        Step(optimizer, parameter, [0.1, 0.2, 0.3, 0.4]);
        AssertClose(ByHand([1, 3, 2, 4], [[0.1, 0.2, 0.3, 0.4]]), parameter, 1e-12);
    }

    [Fact]
    public void Step_WithoutAGradient_LeavesTheParameterAlone()
    {
        using var scope = NewDisposeScope();
        var (used, unused) = (nn.Parameter(Vector(1)), nn.Parameter(Vector(1)));
        using var optimizer = Optimizer(used, unused);
        Step(optimizer, used, [1]);
        Assert.True(used.ToDouble() < 1);
        Assert.Equal(1, unused.ToDouble());
        optimizer.zero_grad();
        Assert.Null(used.grad);
    }

    [Fact]
    public void LearningRate_SetOnAGroup_ActsOnTheNextStep()
    {
        using var scope = NewDisposeScope();
        var parameter = nn.Parameter(Vector(1));
        using var optimizer = Optimizer(parameter);
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = 0;
        Step(optimizer, parameter, [1]);
        Assert.Equal(1, parameter.ToDouble());
    }

    [Fact]
    public void Groups_WithNumbersOfTheirOwn_UseThem()
    {
        using var scope = NewDisposeScope();
        var (decayed, kept) = (nn.Parameter(Vector(1)), nn.Parameter(Vector(1)));
        using var optimizer = optim.AdamW(
            [new AdamW.ParamGroup([decayed], lr: 0.1, weight_decay: 0.5), new AdamW.ParamGroup([kept], lr: 0.1, weight_decay: 0)]);
        Step(optimizer, decayed, [0]);
        Step(optimizer, kept, [0]);
        Assert.Equal(0.9025, decayed.ToDouble(), 12);
        Assert.Equal(1, kept.ToDouble());
    }

    [Fact]
    public void State_SavedAndLoaded_GoesOnAsIfNothingHappened()
    {
        using var scope = NewDisposeScope();
        double[] start = [1, -2];
        var parameter = nn.Parameter(Vector(start));
        using var optimizer = Optimizer(parameter);
        Step(optimizer, parameter, [0.1, 0.2]);

        var stream = new MemoryStream();
        optimizer.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        var copy = nn.Parameter(parameter.detach().clone());
        using var resumed = optim.AdamW([copy]);
        resumed.load_state_dict(new BinaryReader(stream));
        Step(resumed, copy, [0.3, -0.4]);
        AssertClose(ByHand(start, [[0.1, 0.2], [0.3, -0.4]]), copy, 1e-12);
    }

    [Fact]
    public void State_OfOtherParameters_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var one = Optimizer(nn.Parameter(Vector(1)));
        using var two = Optimizer(nn.Parameter(Vector(1)), nn.Parameter(Vector(1)));
        var stream = new MemoryStream();
        one.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        Assert.Throws<ArgumentException>(() => two.load_state_dict(new BinaryReader(stream)));
    }

    [Theory]
    [InlineData(-1, 0.9, 0)]
    [InlineData(0.1, 1, 0)]
    [InlineData(0.1, 0.9, -1)]
    public void Optimizer_WithANumberOutOfRange_IsRefused(double rate, double beta1, double decay)
    {
        using var scope = NewDisposeScope();
        var parameter = nn.Parameter(Vector(1));
        Assert.Throws<ArgumentException>(() => optim.AdamW([parameter], rate, beta1, weight_decay: decay));
    }
}

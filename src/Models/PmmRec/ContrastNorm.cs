using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>Batch norm by the batch's own mean and variance. libtorch's sums rows by thread, so that its bits depend on the number of threads.</summary>
internal sealed class ContrastNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;
    private const double Momentum = 0.1;

    private readonly Parameter _weight;
    private readonly Parameter _bias;

    internal ContrastNorm(int width, ScalarType dtype, Device device) : base(nameof(ContrastNorm))
    {
        register_parameter("weight", _weight = new(ones(width, dtype, device)));
        register_parameter("bias", _bias = new(zeros(width, dtype, device)));
        register_buffer("running_mean", RunningMean = zeros(width, dtype, device).DetachFromDisposeScope());
        register_buffer("running_variance", RunningVariance = ones(width, dtype, device).DetachFromDisposeScope());
    }

    /// <summary>What the program would evaluate by, if it did: a tenth of each batch's mean.</summary>
    internal Tensor RunningMean { get; }

    /// <summary>Likewise of its variance, unbiased.</summary>
    internal Tensor RunningVariance { get; }

    /// <param name="x">Rows x width, two rows at least.</param>
    public override Tensor forward(Tensor x)
    {
        var mean = x.mean([0]);
        var centred = x - mean;
        var variance = centred.Squared().mean([0]);
        Follow(RunningMean, mean);
        Follow(RunningVariance, variance.Times(x.shape[0] / (x.shape[0] - 1.0)));
        return (centred / variance.Plus(Epsilon).sqrt() * _weight).Plus(_bias);
    }

    private static void Follow(Tensor running, Tensor batch)
    {
        using var _ = no_grad();
        running.copy_(running.Times(1 - Momentum).AddScaled(batch, Momentum));
    }
}

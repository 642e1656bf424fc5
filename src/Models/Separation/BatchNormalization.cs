using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>
/// Batch normalisation by the statistics of all rows (biased variance), with none kept, because nothing that is served goes through it. Not libtorch's own,
/// whose sums depend on the number of threads.
/// </summary>
internal sealed class BatchNormalization : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;

    private readonly Parameter _weight;
    private readonly Parameter _bias;

    internal BatchNormalization(long width, ScalarType dtype, Device device) : base(nameof(BatchNormalization))
    {
        _weight = new Parameter(ones(width, dtype: dtype, device: device));
        _bias = new Parameter(zeros(width, dtype: dtype, device: device));
        register_parameter("weight", _weight);
        register_parameter("bias", _bias);
    }

    /// <param name="x">Rows x width.</param>
    public override Tensor forward(Tensor x)
    {
        var centred = x - x.mean([0], keepdim: true);
        var variance = centred.Squared().mean([0], keepdim: true);
        return (centred * (variance.Plus(Epsilon).rsqrt() * _weight)).Plus(_bias);
    }
}

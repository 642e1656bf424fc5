using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// Eq. 5-9: attention among the d coordinates of one item, each a token of width 1. With q, k and v each a scalar times the
/// coordinate plus a scalar, o_a = wo * sum_b softmax_b(q_a k_b) v_b + bo, dropout on the softmax.
/// </summary>
internal sealed class ScalarAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Parameter _inWeight;
    private readonly Parameter _inBias;
    private readonly Parameter _outWeight;
    private readonly Parameter _outBias;
    private readonly double _dropout;
    private readonly KernelMode _kernels;
    private Random _seeds;

    internal ScalarAttention(double dropout, int seed, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(ScalarAttention))
    {
        _inWeight = Initial.Embedding(3, 1, dtype, device);
        _inBias = new Parameter(zeros(3, dtype: dtype, device: device));
        _outWeight = new Parameter(Initial.Uniform(1, 1, 1, dtype, device));
        _outBias = new Parameter(zeros(1, dtype: dtype, device: device));
        register_parameter("in_weight", _inWeight);
        register_parameter("in_bias", _inBias);
        register_parameter("out_weight", _outWeight);
        register_parameter("out_bias", _outBias);
        _dropout = dropout;
        _kernels = kernels;
        _seeds = new Random(seed);
    }

    /// <summary>Starts dropout anew.</summary>
    internal void Reseed(int seed) => _seeds = new Random(seed);

    /// <param name="query">Rows x d.</param>
    /// <param name="source">Keys and values, rows x d.</param>
    /// <returns>Rows x d.</returns>
    public override Tensor forward(Tensor query, Tensor source) => _kernels.Fit(source)
        ? AttentionFunction.Attend(query, source, _inWeight, _inBias, _outWeight, _outBias, training ? _dropout : 0, _seeds.NextInt64())
        : Plain(query, source);

    private Tensor Plain(Tensor query, Tensor source)
    {
        var q = (query * _inWeight[0]).Plus(_inBias[0]);
        var k = (source * _inWeight[1]).Plus(_inBias[1]);
        var v = (source * _inWeight[2]).Plus(_inBias[2]);
        var weights = nn.functional.softmax(q.unsqueeze(2) * k.unsqueeze(1), 2);
        return (nn.functional.dropout(weights, _dropout, training).matmul(v.unsqueeze(2)).squeeze(2) * _outWeight[0]).Plus(_outBias);
    }
}

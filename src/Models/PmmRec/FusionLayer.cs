using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>The fusion of modalities ("merge attention"): one layer of BERT over the tokens of all modalities of an item.</summary>
internal sealed class FusionLayer : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Epsilon = 1e-12;
    private const double Hidden = -10000;
    private const double Deviation = 0.02;
    private const int Widening = 4;

    private readonly PmmRecHyperParameters _hyper;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _dense;
    private readonly ResidualNorm _attentionNorm;
    private readonly Linear _inner;
    private readonly Linear _outer;
    private readonly ResidualNorm _outputNorm;

    internal FusionLayer(PmmRecHyperParameters hyper, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(FusionLayer))
    {
        _hyper = hyper;
        var (d, inner) = (hyper.Dimension, hyper.FusionWidth == 0 ? Widening * hyper.Dimension : hyper.FusionWidth);
        register_module("query", _query = Layer(d, d, dtype, device));
        register_module("key", _key = Layer(d, d, dtype, device));
        register_module("value", _value = Layer(d, d, dtype, device));
        register_module("dense", _dense = Layer(d, d, dtype, device));
        register_module("attention_norm", _attentionNorm = new(d, Epsilon, dtype, device, kernels));
        register_module("inner", _inner = Layer(d, inner, dtype, device));
        register_module("outer", _outer = Layer(inner, d, dtype, device));
        register_module("output_norm", _outputNorm = new(d, Epsilon, dtype, device, kernels));
    }

    /// <param name="tokens">Items x tokens x d.</param>
    /// <param name="mask">1 where there is a token, otherwise 0: items x tokens.</param>
    /// <returns>Items x tokens x d; those of masked tokens mean nothing.</returns>
    public override Tensor forward(Tensor tokens, Tensor mask) => Output(Attend(tokens, Context(tokens, mask)));

    /// <summary>What each token takes from the others.</summary>
    internal Tensor Context(Tensor tokens, Tensor mask)
    {
        var hidden = ((Constant.Of(1, mask) - mask) * Constant.Of(Hidden, mask)).unsqueeze(1).unsqueeze(1);
        return ScaledAttention.Forward(
            _query.Steady(tokens), _key.Steady(tokens), _value.Steady(tokens), _hyper.FusionHeads, hidden, _hyper.FusionDropout, training);
    }

    /// <summary>LN(tokens + dense context).</summary>
    internal Tensor Attend(Tensor tokens, Tensor context) =>
        _attentionNorm.forward(tokens, SequenceDropout.Forward(_dense.Steady(context), _hyper.FusionDropout, training));

    /// <summary>The inner layer, after GELU.</summary>
    internal Tensor Inner(Tensor attended) => nn.functional.gelu(_inner.Steady(attended));

    /// <summary>LN(attended + outer layer of the inner one).</summary>
    internal Tensor Output(Tensor attended) =>
        _outputNorm.forward(attended, SequenceDropout.Forward(_outer.Steady(Inner(attended)), _hyper.FusionDropout, training));

    /// <summary>Its parameters, copied out.</summary>
    internal ItemFusion Weights() => new()
    {
        Heads = _hyper.FusionHeads,
        InnerWidth = (int)_inner.weight!.shape[0],
        Query = PlainValues.Of(_query),
        Key = PlainValues.Of(_key),
        Value = PlainValues.Of(_value),
        Output = PlainValues.Of(_dense),
        AttentionNormWeight = PlainValues.Of(_attentionNorm.Weight),
        AttentionNormBias = PlainValues.Of(_attentionNorm.Bias),
        Inner = PlainValues.Of(_inner),
        Outer = PlainValues.Of(_outer),
        OutputNormWeight = PlainValues.Of(_outputNorm.Weight),
        OutputNormBias = PlainValues.Of(_outputNorm.Bias),
    };

    private static Linear Layer(long inputs, long outputs, ScalarType dtype, Device device)
    {
        var layer = nn.Linear(inputs, outputs, hasBias: true, device, dtype);
        using var _ = no_grad();
        layer.weight!.normal_(0, Deviation);
        layer.bias!.zero_();
        return layer;
    }
}

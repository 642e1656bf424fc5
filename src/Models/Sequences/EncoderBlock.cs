using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>One block of <see cref="SasRecEncoder"/>: LN(z + attention), then LN(z + W2 relu(W1 z + b1) + b2).</summary>
internal sealed class EncoderBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private const int Widening = 4;

    private readonly SequenceParameters _hyper;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly ResidualNorm _attentionNorm;
    private readonly Linear _inner;
    private readonly Linear _outer;
    private readonly ResidualNorm _outputNorm;

    internal EncoderBlock(SequenceParameters hyper, double epsilon, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(EncoderBlock))
    {
        _hyper = hyper;
        var d = hyper.Dimension;
        Linear Matrix() => XavierNormal.Linear(d, d, bias: false, dtype, device);
        register_module("query", _query = Matrix());
        register_module("key", _key = Matrix());
        register_module("value", _value = Matrix());
        register_module("output", _output = Matrix());
        register_module("attention_norm", _attentionNorm = new(d, epsilon, dtype, device, kernels));
        register_module("inner", _inner = XavierNormal.Linear(d, Widening * d, bias: true, dtype, device));
        register_module("outer", _outer = XavierNormal.Linear(Widening * d, d, bias: true, dtype, device));
        register_module("output_norm", _outputNorm = new(d, epsilon, dtype, device, kernels));
    }

    /// <param name="z">Users x L x d.</param>
    /// <param name="mask">Of <see cref="HistoryMask"/>.</param>
    public override Tensor forward(Tensor z, Tensor mask) => FeedForward(Attend(z, mask));

    /// <summary>The first half.</summary>
    internal Tensor Attend(Tensor z, Tensor mask)
    {
        var attended = ScaledAttention.Forward(_query.Steady(z), _key.Steady(z), _value.Steady(z), _hyper.Heads, mask, _hyper.Dropout, training);
        return _attentionNorm.forward(z, SequenceDropout.Forward(_output.Steady(attended), _hyper.Dropout, training));
    }

    /// <summary>The second half.</summary>
    internal Tensor FeedForward(Tensor z)
    {
        var wide = nn.functional.relu(_inner.Steady(z));
        return _outputNorm.forward(z, SequenceDropout.Forward(_outer.Steady(wide), _hyper.Dropout, training));
    }

    /// <summary>Its parameters, copied out.</summary>
    internal UserEncoderBlock Weights() => new()
    {
        Query = PlainValues.Of(_query.weight!),
        Key = PlainValues.Of(_key.weight!),
        Value = PlainValues.Of(_value.weight!),
        Output = PlainValues.Of(_output.weight!),
        AttentionNormWeight = PlainValues.Of(_attentionNorm.Weight),
        AttentionNormBias = PlainValues.Of(_attentionNorm.Bias),
        Inner = PlainValues.Of(_inner.weight!),
        InnerBias = PlainValues.Of(_inner.bias!),
        Outer = PlainValues.Of(_outer.weight!),
        OuterBias = PlainValues.Of(_outer.bias!),
        OutputNormWeight = PlainValues.Of(_outputNorm.Weight),
        OutputNormBias = PlainValues.Of(_outputNorm.Bias),
    };
}

using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>
/// The user encoder: W.-C. Kang, J. McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, https://arxiv.org/abs/1808.09781, in the form that
/// PMMRec's program has: layer norms behind sums, no biases in attention. Positions are absolute: the newest item is always in the last column.
/// </summary>
internal sealed class SasRecEncoder : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Epsilon = 1e-6;

    private readonly SequenceParameters _hyper;
    private readonly ResidualNorm _norm;

    internal SasRecEncoder(SequenceParameters hyper, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(SasRecEncoder))
    {
        _hyper = hyper;
        register_parameter("positions", Positions = XavierNormal.Matrix(hyper.Length, hyper.Dimension, dtype, device));
        register_module("norm", _norm = new(hyper.Dimension, Epsilon, dtype, device, kernels));
        Blocks = [.. Enumerable.Range(0, hyper.Blocks).Select(_ => new EncoderBlock(hyper, Epsilon, dtype, device, kernels))];
        foreach (var (number, block) in Blocks.Index())
            register_module($"block{number}", block);
    }

    /// <summary>Added to the items by column, L x d.</summary>
    internal Parameter Positions { get; }

    /// <summary>The blocks, first to last.</summary>
    internal IReadOnlyList<EncoderBlock> Blocks { get; }

    /// <summary>The state behind each item of each user; a user's vector is the last one. States at padded columns mean nothing.</summary>
    /// <param name="items">The users' items, oldest first, users x L x d.</param>
    /// <param name="mask">Of <see cref="HistoryMask"/>.</param>
    /// <returns>Users x L x d.</returns>
    public override Tensor forward(Tensor items, Tensor mask)
    {
        var z = SequenceDropout.Forward(Input(items), _hyper.Dropout, training);
        foreach (var block in Blocks)
            z = block.forward(z, mask);
        return z;
    }

    /// <summary>LN(items + positions).</summary>
    internal Tensor Input(Tensor items) => _norm.forward(items, Positions.unsqueeze(0).expand(items.shape));

    /// <summary>Its parameters, copied out.</summary>
    internal UserEncoderWeights Weights() => new()
    {
        Width = _hyper.Dimension,
        Length = _hyper.Length,
        Heads = _hyper.Heads,
        Positions = PlainValues.Of(Positions),
        InputNormWeight = PlainValues.Of(_norm.Weight),
        InputNormBias = PlainValues.Of(_norm.Bias),
        Blocks = [.. Blocks.Select(block => block.Weights())],
    };
}

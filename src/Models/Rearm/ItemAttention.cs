using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// Eq. 5-9 on the items' modal parts: self-attention within each modality, then cross-attention between modalities. One layer norm
/// and one PReLU slope serve all uses. A single modality ends after self-attention; of more than two, each takes the mean of the
/// others as its query.
/// </summary>
internal sealed class ItemAttention : nn.Module<Tensor[], Tensor[]>
{
    private const double Epsilon = 1e-5;

    private readonly ScalarAttention[] _self;
    private readonly ScalarAttention[] _cross;
    private readonly LayerNorm _norm;
    private readonly LearnedSlope _activation;
    private readonly KernelMode _kernels;

    /// <param name="modalities">How many there are.</param>
    /// <param name="parameters">Width and dropout.</param>
    /// <param name="activation">The model's shared PReLU, registered by the model.</param>
    /// <param name="seed">For dropout.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal ItemAttention(
        int modalities, RearmHyperParameters parameters, LearnedSlope activation, int seed, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(ItemAttention))
    {
        _activation = activation;
        _kernels = kernels;
        _norm = nn.LayerNorm(parameters.Dimension, Epsilon, device: device, dtype: dtype);
        register_module("norm", _norm);
        _self = Make("self", modalities, parameters.SelfDropout, seed);
        _cross = modalities == 1 ? [] : Make("cross", modalities, parameters.CrossDropout, seed + modalities);

        ScalarAttention[] Make(string name, int count, double dropout, int firstSeed) =>
            [.. Enumerable.Range(0, count).Select(m =>
            {
                var attention = new ScalarAttention(dropout, firstSeed + m, dtype, device, kernels);
                register_module($"{name}{m}", attention);
                return attention;
            })];
    }

    /// <param name="modal">Per modality, items x d.</param>
    /// <returns>Per modality, items x d.</returns>
    public override Tensor[] forward(Tensor[] modal)
    {
        var own = modal.Select((x, m) => Refine(x, SelfAttend(m, x))).ToArray();
        return _cross.Length == 0 ? own : own.Select((x, m) => Refine(x, CrossAttend(m, Others(own, m), x))).ToArray();
    }

    /// <summary>Starts dropout anew.</summary>
    internal void Reseed(int seed)
    {
        foreach (var (place, attention) in _self.Concat(_cross).Index())
            attention.Reseed(seed + place);
    }

    /// <summary>Eq. 5.</summary>
    internal Tensor SelfAttend(int modality, Tensor x) => _self[modality].forward(x, x);

    /// <summary>Eq. 7-8: keys and values are the modality's own, the query is the others'.</summary>
    internal Tensor CrossAttend(int modality, Tensor query, Tensor source) => _cross[modality].forward(query, source);

    /// <summary>Eq. 6, 9: the layer norm of the sum.</summary>
    internal Tensor Normalize(Tensor x, Tensor attended) => _norm.forward(x.Plus(attended));

    private Tensor Refine(Tensor x, Tensor attended) => _kernels.Fit(x)
        ? NormActivationFunction.Apply(x, attended, _norm.weight!, _norm.bias!, _activation.Weight, Epsilon)
        : _activation.forward(Normalize(x, attended));

    private static Tensor Others(Tensor[] all, int modality)
    {
        var others = all.Where((_, m) => m != modality).ToArray();
        return others.Length == 1 ? others[0] : stack(others).mean([0]);
    }
}

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// Eq. 13-16, for users or for items: transfers what a node's modalities share into its id vector. s = W(v | t) + b; two networks turn s
/// into the d x r and r x d matrices of a low-rank transform of the node's own; shared = (E W1) W2. As in the authors' program each
/// network's output row has length 1, the mean over nodes is added, and a softmax runs over the middle axis.
/// </summary>
internal sealed class MetaNetwork : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Linear _condition;
    private readonly TwoLayers _first;
    private readonly TwoLayers _second;
    private readonly RearmHyperParameters _hyper;

    internal MetaNetwork(int modalities, RearmHyperParameters parameters, ScalarType dtype, Device device) : base(nameof(MetaNetwork))
    {
        _hyper = parameters;
        _condition = nn.Linear(modalities * parameters.Dimension, parameters.Dimension, device: device, dtype: dtype);
        _first = new TwoLayers(parameters.Dimension, parameters.Dimension * parameters.Rank, dtype, device);
        _second = new TwoLayers(parameters.Dimension, parameters.Dimension * parameters.Rank, dtype, device);
        register_module("condition", _condition);
        register_module("first", _first);
        register_module("second", _second);
    }

    /// <param name="modal">n x (modalities * d).</param>
    /// <param name="id">n x d.</param>
    /// <returns>n x d.</returns>
    public override Tensor forward(Tensor modal, Tensor id)
    {
        var s = Condition(modal);
        return Transform(id, First(s), Second(s));
    }

    /// <summary>Eq. 13. The program stops the gradient here, so the projection keeps its starting value.</summary>
    internal Tensor Condition(Tensor modal)
    {
        var s = _condition.forward(modal);
        return _hyper.TrainMetaProjection ? s : s.detach();
    }

    /// <summary>Eq. 14 for W1: n x (d * r), rows of length 1.</summary>
    internal Tensor First(Tensor s) => _first.forward(s);

    /// <summary>Eq. 14 for W2: n x (r * d), rows of length 1.</summary>
    internal Tensor Second(Tensor s) => _second.forward(s);

    /// <summary>Eq. 15.</summary>
    internal Tensor Transform(Tensor id, Tensor first, Tensor second)
    {
        var (d, r) = (_hyper.Dimension, _hyper.Rank);
        var w1 = nn.functional.softmax((first + first.mean([0], keepdim: true)).view(-1, d, r), 1);
        var w2 = nn.functional.softmax((second + second.mean([0], keepdim: true)).view(-1, r, d), 1);
        return id.unsqueeze(1).bmm(w1).bmm(w2).squeeze(1);
    }

    /// <summary>Linear, PReLU, linear; each row scaled to length 1.</summary>
    private sealed class TwoLayers : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _first;
        private readonly PReLU _activation;
        private readonly Linear _second;

        internal TwoLayers(int inputs, int outputs, ScalarType dtype, Device device) : base(nameof(TwoLayers))
        {
            _first = nn.Linear(inputs, outputs, device: device, dtype: dtype);
            _activation = nn.PReLU(1, device: device, dtype: dtype);
            _second = nn.Linear(outputs, outputs, device: device, dtype: dtype);
            register_module("linear1", _first);
            register_module("activation", _activation);
            register_module("linear2", _second);
        }

        public override Tensor forward(Tensor x) =>
            nn.functional.normalize(_second.forward(_activation.forward(_first.forward(x))), p: 2, dim: 1);
    }
}

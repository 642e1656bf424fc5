using Rearm.Streaming.Models.Kernels;
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
    private readonly KernelMode _kernels;

    internal MetaNetwork(int modalities, RearmHyperParameters parameters, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(MetaNetwork))
    {
        _hyper = parameters;
        _kernels = kernels;
        _condition = nn.Linear(modalities * parameters.Dimension, parameters.Dimension, device: device, dtype: dtype);
        _first = new TwoLayers(parameters.Dimension, parameters.Dimension * parameters.Rank, dtype, device, kernels);
        _second = new TwoLayers(parameters.Dimension, parameters.Dimension * parameters.Rank, dtype, device, kernels);
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
        return _kernels.Fit(id)
            ? LowRankFunction.Transform(id, _first.Transposed(s, _hyper.Dimension), _second.Unscaled(s))
            : Transform(id, First(s), Second(s));
    }

    /// <summary>Eq. 13. The program stops the gradient here, so the projection keeps its starting value.</summary>
    internal Tensor Condition(Tensor modal)
    {
        var s = LinearLayer.Forward(_condition, modal, _kernels);
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
        var w1 = nn.functional.softmax(first.Plus(first.mean([0], keepdim: true)).view(-1, d, r), 1);
        var w2 = nn.functional.softmax(second.Plus(second.mean([0], keepdim: true)).view(-1, r, d), 1);
        return id.unsqueeze(1).bmm(w1).bmm(w2).squeeze(1);
    }

    /// <summary>Linear, PReLU, linear; each row scaled to length 1.</summary>
    private sealed class TwoLayers : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _first;
        private readonly LearnedSlope _activation;
        private readonly Linear _second;
        private readonly KernelMode _kernels;

        internal TwoLayers(int inputs, int outputs, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(TwoLayers))
        {
            _kernels = kernels;
            _first = nn.Linear(inputs, outputs, device: device, dtype: dtype);
            _activation = new LearnedSlope(dtype, device);
            _second = nn.Linear(outputs, outputs, device: device, dtype: dtype);
            register_module("linear1", _first);
            register_module("activation", _activation);
            register_module("linear2", _second);
        }

        public override Tensor forward(Tensor x) => nn.functional.normalize(Unscaled(x), p: 2, dim: 1);

        /// <summary>The rows before they are scaled.</summary>
        internal Tensor Unscaled(Tensor x) => LinearLayer.Forward(_second, Hidden(x), _kernels);

        /// <summary>The same with each row's outputs / columns matrix transposed: it costs less on the layer's weights than on every row.</summary>
        /// <param name="x">n x inputs.</param>
        /// <param name="rows">Rows of a matrix before it is transposed.</param>
        internal Tensor Transposed(Tensor x, int rows)
        {
            Tensor weight = _second.weight!, bias = _second.bias!;
            return LinearLayer.Forward(Hidden(x),
                weight.view(rows, -1, weight.shape[1]).transpose(0, 1).reshape(weight.shape),
                bias.view(rows, -1).t().reshape(bias.shape), _kernels);
        }

        private Tensor Hidden(Tensor x) => Activation.Forward(_activation, LinearLayer.Forward(_first, x, _kernels), _kernels);
    }
}

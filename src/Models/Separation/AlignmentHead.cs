using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>Turns a modality's generic half into what is compared: linear, batch norm, ReLU, twice, then linear; rows of length 1.</summary>
internal sealed class AlignmentHead : nn.Module<Tensor, Tensor>
{
    private readonly Linear _first;
    private readonly BatchNormalization _firstNorm;
    private readonly Linear _second;
    private readonly BatchNormalization _secondNorm;
    private readonly Linear _third;

    internal AlignmentHead(long inputs, long hidden, long outputs, ScalarType dtype, Device device) : base(nameof(AlignmentHead))
    {
        _first = nn.Linear(inputs, hidden, device: device, dtype: dtype);
        _firstNorm = new BatchNormalization(hidden, dtype, device);
        _second = nn.Linear(hidden, hidden, device: device, dtype: dtype);
        _secondNorm = new BatchNormalization(hidden, dtype, device);
        _third = nn.Linear(hidden, outputs, device: device, dtype: dtype);
        register_module("linear1", _first);
        register_module("norm1", _firstNorm);
        register_module("linear2", _second);
        register_module("norm2", _secondNorm);
        register_module("linear3", _third);
    }

    /// <param name="x">Items x inputs.</param>
    public override Tensor forward(Tensor x) => nn.functional.normalize(Layers(x)[^1], p: 2, dim: 1);

    /// <summary>What comes out of each linear layer and each batch norm, before it is activated or scaled.</summary>
    internal Tensor[] Layers(Tensor x)
    {
        var first = _first.Steady(x);
        var firstNorm = _firstNorm.forward(first);
        var second = _second.Steady(firstNorm.relu());
        var secondNorm = _secondNorm.forward(second);
        return [first, firstNorm, second, secondNorm, _third.Steady(secondNorm.relu())];
    }
}

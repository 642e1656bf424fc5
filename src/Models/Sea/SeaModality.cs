using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sea;

/// <summary>What SEA has of its own for one modality: the projection that is split, two layers down to d, and a free vector per user.</summary>
internal sealed class SeaModality : nn.Module
{
    // Of the two layers' inner width, in the program 4 d; and of their leaky ReLU.
    private const int Expansion = 4;
    private const double Slope = 0.01;

    private readonly Linear _projection;
    private readonly Linear _first;
    private readonly Linear _second;
    private readonly Parameter _users;
    private readonly KernelMode _kernels;

    internal SeaModality(long features, int projected, int users, int dimension, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(SeaModality))
    {
        _kernels = kernels;
        _projection = nn.Linear(features, projected, device: device, dtype: dtype);
        _first = nn.Linear(projected, Expansion * dimension, device: device, dtype: dtype);
        _second = nn.Linear(Expansion * dimension, dimension, device: device, dtype: dtype);
        _users = new Parameter(Initial.XavierNormal(users, dimension, dtype, device));
        register_module("projection", _projection);
        register_module("linear1", _first);
        register_module("linear2", _second);
        register_parameter(SeaNames.Users, _users);
    }

    /// <summary>W x + b, items x projected width: what is split.</summary>
    internal Tensor Project(Tensor features) => _projection.Steady(features);

    /// <summary>The first of the two layers, before it is activated: items x 4 d.</summary>
    internal Tensor Inner(Tensor projected) => _first.Steady(projected);

    /// <summary>Items x d.</summary>
    internal Tensor Items(Tensor projected)
    {
        var inner = Inner(projected);
        return _second.Steady(nn.functional.prelu(inner, tensor(new[] { Slope }, dtype: inner.dtype, device: inner.device)));
    }

    /// <summary>Users, then items, each row of length 1: nodes x d.</summary>
    internal Tensor Nodes(Tensor projected) => UnitRows.Of(cat([_users, Items(projected)], 0), _kernels);
}

using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.LightGcn;

/// <summary>
/// LightGCN over modal features: an item's vector before the graph is its id's and each modality's projected to d, side by side; a user's is free and as
/// wide. With <see cref="SeparateLearning"/> on the projected features it is a backbone with SEA's losses.
/// </summary>
internal sealed class ModalLightGcnModel : ModalModel
{
    private readonly string _userVectors;
    private readonly string _itemVectors;
    private readonly ModalLightGcnHyperParameters _hyper;
    private readonly Parameter _users;
    private readonly Parameter _items;
    private readonly Linear[] _projections;

    /// <param name="name">What the parameters' names begin with, so that checkpoints of several models don't mix.</param>
    /// <param name="inputs">Graphs and features.</param>
    /// <param name="hyper">The model's shape, and its losses.</param>
    /// <param name="seed">Of the initial values.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where it is.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    /// <exception cref="ArgumentException">The losses can't split vectors of this width.</exception>
    internal ModalLightGcnModel(
        string name, ModalInputs inputs, ModalLightGcnHyperParameters hyper, int seed, ScalarType dtype, Device device, KernelMode kernels = KernelMode.Auto) : base(name)
    {
        manual_seed(seed);
        _hyper = hyper;
        _users = Initial.Embedding(inputs.Users, hyper.Dimension * (1L + inputs.Names.Count), dtype, device);
        _items = Initial.Embedding(inputs.Items, hyper.Dimension, dtype, device);
        (_userVectors, _itemVectors) = ($"{name}_users", $"{name}_items");
        register_parameter(_userVectors, _users);
        register_parameter(_itemVectors, _items);
        _projections = [.. inputs.Features.Select(x => Initial.Projection(x.shape[1], hyper.Dimension, dtype, device))];
        foreach (var (projection, modality) in _projections.Zip(inputs.Names))
            register_module(ModuleNames.Of($"{name}_projection", modality), projection);
        if (_projections.Length > 0 && (hyper.SoloWeight > 0 || hyper.ClubWeight > 0))
        {
            Separation = new SeparateLearning([.. inputs.Names.Select(m => (m, hyper.Dimension))], hyper, dtype, device, kernels);
            register_module($"{name}_separation", Separation);
        }
    }

    /// <inheritdoc/>
    internal override SeparateLearning? Separation { get; }

    /// <inheritdoc/>
    internal override int Width => _hyper.Dimension * (1 + _projections.Length);

    /// <inheritdoc/>
    public override ModalOutput forward(ModalInputs inputs)
    {
        var projected = _projections.Zip(inputs.Features, (p, x) => p.Steady(x)).ToArray();
        var nodes = cat([_users, cat([_items, .. projected], 1)], 0);
        return new(inputs.InteractionGraph.MeanOfPowers(nodes, _hyper.Layers), projected) { Nodes = nodes };
    }

    /// <inheritdoc/>
    internal override Tensor Ranking(ModalOutput output, TripleBatch batch) =>
        EmbeddingLoss.Forward(output.Nodes!, output.Representation, batch, (int)_users.shape[0], _hyper.Decay);

    /// <inheritdoc/>
    internal override ParameterRows RowsOf(string name) =>
        name == _userVectors ? ParameterRows.Users : name == _itemVectors ? ParameterRows.Items : ParameterRows.Shared;
}

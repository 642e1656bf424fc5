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
    private const string UserVectors = "users";
    private const string ItemVectors = "items";

    private readonly ModalLightGcnHyperParameters _hyper;
    private readonly Parameter _users;
    private readonly Parameter _items;
    private readonly Linear[] _projections;

    /// <exception cref="ArgumentException">The losses can't split vectors of this width.</exception>
    internal ModalLightGcnModel(
        string name, ModalInputs inputs, ModalLightGcnHyperParameters hyper, int seed, ScalarType dtype, Device device, KernelMode kernels = KernelMode.Auto) : base(name)
    {
        manual_seed(seed);
        _hyper = hyper;
        _users = Initial.Embedding(inputs.Users, hyper.Dimension * (1L + inputs.Names.Count), dtype, device);
        _items = Initial.Embedding(inputs.Items, hyper.Dimension, dtype, device);
        register_parameter(UserVectors, _users);
        register_parameter(ItemVectors, _items);
        _projections = [.. inputs.Features.Select(x => Initial.Projection(x.shape[1], hyper.Dimension, dtype, device))];
        foreach (var (projection, modality) in _projections.Zip(inputs.Names))
            register_module(ModuleNames.Of("projection", modality), projection);
        if (_projections.Length > 0 && (hyper.SoloWeight > 0 || hyper.ClubWeight > 0))
        {
            Separation = new SeparateLearning([.. inputs.Names.Select(m => (m, hyper.Dimension))], hyper, dtype, device, kernels);
            register_module("separation", Separation);
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
    internal override ParameterRows RowsOf(string name) => name switch
    {
        UserVectors => ParameterRows.Users,
        ItemVectors => ParameterRows.Items,
        _ => ParameterRows.Shared,
    };
}

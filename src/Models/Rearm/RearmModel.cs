using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// REARM (S. Ma et al., ACM MM 2025): a forward pass over all users and items. The stages are one file each; this one puts them in
/// the paper's order. Without any modality, only the id embeddings over the graphs remain.
/// </summary>
internal sealed class RearmModel : nn.Module<RearmInputs, RearmOutput>
{
    private readonly RearmHyperParameters _hyper;
    private readonly Parameter _userIds;
    private readonly Parameter _itemIds;
    private readonly LearnedSlope _activation;
    private readonly KernelMode _kernels;

    internal RearmModel(
        RearmInputs inputs, RearmHyperParameters parameters, int seed, ScalarType dtype, Device device, KernelMode kernels = KernelMode.Auto) : base(nameof(RearmModel))
    {
        manual_seed(seed);
        _hyper = parameters;
        _kernels = kernels;
        var d = parameters.Dimension;
        _userIds = Initial.Embedding(inputs.Users, d, dtype, device);
        _itemIds = Initial.Embedding(inputs.Items, d, dtype, device);
        _activation = new LearnedSlope(dtype, device);
        register_parameter(ParameterNames.UserIds, _userIds);
        register_parameter(ParameterNames.ItemIds, _itemIds);
        register_module("activation", _activation);

        Projections = [.. inputs.Modalities.Select(m => new ModalProjection(m, parameters, dtype, device, kernels))];
        foreach (var (projection, modality) in Projections.Zip(inputs.Modalities))
            register_module(ParameterNames.Projection(modality.Name), projection);
        Attention = new ItemAttention(Projections.Count, parameters, _activation, seed, dtype, device, kernels);
        register_module("attention", Attention);
        if (Projections.Count > 0 && !parameters.Without.HasFlag(Ablations.Meta))
        {
            UserMeta = new MetaNetwork(Projections.Count, parameters, dtype, device, kernels);
            ItemMeta = new MetaNetwork(Projections.Count, parameters, dtype, device, kernels);
            register_module("user_meta", UserMeta);
            register_module("item_meta", ItemMeta);
        }
    }

    internal IReadOnlyList<ModalProjection> Projections { get; }

    internal ItemAttention Attention { get; }

    internal MetaNetwork? UserMeta { get; }

    internal MetaNetwork? ItemMeta { get; }

    /// <summary>The width of a representation: one d per modality, and one for what they share.</summary>
    internal int Width => _hyper.Dimension * Math.Max(1, Projections.Count + (UserMeta is null ? 0 : 1));

    /// <summary>Starts what is random, dropout, anew: by kernels it goes by seeds of their own, by plain operators by torch's.</summary>
    internal void Reseed(int seed)
    {
        manual_seed(seed);
        Attention.Reseed(seed);
    }

    /// <summary>The whole model, over all users and items.</summary>
    public override RearmOutput forward(RearmInputs inputs)
    {
        var users = HomogeneousUsers(inputs);
        var items = HomogeneousItems(inputs);
        var (id, modal) = Heterogeneous(inputs, users, items);
        return new(modal, Represent(inputs, id, modal));
    }

    /// <summary>Eq. 3-4 for users: id | modality | ..., users x (1 + modalities) d.</summary>
    internal Tensor HomogeneousUsers(RearmInputs inputs) => HomogeneousLearning.Forward(
        cat([_userIds, .. Projections.Zip(inputs.Modalities, (p, m) => p.Users(m))], 1), inputs.UserGraph, _hyper.UserGraphLayers, Projections.Count > 0, _kernels);

    /// <summary>Eq. 3-4 for items.</summary>
    internal Tensor HomogeneousItems(RearmInputs inputs) => HomogeneousLearning.Forward(
        cat([_itemIds, .. Projections.Zip(inputs.Modalities, (p, m) => p.Items(m))], 1), inputs.ItemGraph, _hyper.ItemGraphLayers, Projections.Count > 0, _kernels);

    /// <summary>Eq. 5-11: attention for items, PReLU alone for users, then the user-item graph.</summary>
    /// <returns>The id part, nodes x d, and the modal part, nodes x (modalities * d).</returns>
    internal (Tensor Id, Tensor Modal) Heterogeneous(RearmInputs inputs, Tensor users, Tensor items)
    {
        var d = _hyper.Dimension;
        var itemParts = items.split(d, 1);
        var itemRows = cat([itemParts[0], .. Attention.forward(itemParts[1..])], 1);
        var userRows = Activation.Forward(_activation, users, _kernels, firstColumn: d);
        var nodes = HeterogeneousLearning.Forward(cat([userRows, itemRows], 0), inputs.InteractionGraph, _hyper.Layers);
        var parts = nodes.split([d, nodes.shape[1] - d], 1);
        return (parts[0], parts[1]);
    }

    /// <summary>Eq. 13-19: PReLU(v) + E | PReLU(t) + E | PReLU(shared) + E.</summary>
    internal Tensor Represent(RearmInputs inputs, Tensor id, Tensor modal)
    {
        if (Projections.Count == 0)
            return id;
        var shared = UserMeta is null ? null : Shared(inputs, id, modal);
        if (_kernels.Fit(id))
            return RepresentationFunction.Join(id, modal, shared, _activation.Weight);
        var parts = modal.split(_hyper.Dimension, 1).ToList();
        if (shared is not null)
            parts.Add(shared);
        return cat([.. parts.Select(part => _activation.forward(part).Plus(id))], 1);
    }

    /// <summary>Eq. 13-16, nodes x d.</summary>
    internal Tensor Shared(RearmInputs inputs, Tensor id, Tensor modal)
    {
        long[] sides = [inputs.Users, inputs.Items];
        var (ids, modals) = (id.split(sides, 0), modal.split(sides, 0));
        return cat([UserMeta!.forward(modals[0], ids[0]), ItemMeta!.forward(modals[1], ids[1])], 0);
    }
}

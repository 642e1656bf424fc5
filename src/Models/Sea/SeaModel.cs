using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sea;

/// <summary>
/// SEA: Z. He, Z. Wang, Y. Yang, H. Bai, L. Wu, "It is Never Too Late to Mend: Separate Learning for Multimedia Recommendation",
/// https://arxiv.org/abs/2406.08270. No ids of items are learned: an item is its features, projected, propagated over the user-item graph beside free vectors
/// of users, and then over the graph of similar items. The projected features are what <see cref="SeparateLearning"/> splits.
/// </summary>
internal sealed class SeaModel : ModalModel
{
    private readonly SeaHyperParameters _hyper;
    private readonly Parameter _userWeights;

    /// <exception cref="ArgumentException">There is no modality, or one that can't be split.</exception>
    internal SeaModel(ModalInputs inputs, SeaHyperParameters hyper, int seed, ScalarType dtype, Device device, KernelMode kernels = KernelMode.Auto) : base(SeaDefinition.Name)
    {
        if (inputs.Names.Count == 0)
            throw new UnsuitableDataException("SEA knows items by their features alone, and there is no modality. Send features, or choose a model without: lightgcn, ials, rearm.");
        manual_seed(seed);
        _hyper = hyper;
        (string Name, int Width)[] widths = [.. inputs.Names.Zip(inputs.Features, (name, x) => (name, hyper.ProjectionWidth > 0 ? hyper.ProjectionWidth : (int)x.shape[1]))];
        // Nobody's weights are normalised again: they only start as a softmax.
        using (var start = Initial.XavierNormal(inputs.Users, widths.Length, dtype, device))
            _userWeights = new Parameter(nn.functional.softmax(start, 1));
        register_parameter(SeaNames.UserWeights, _userWeights);
        Modalities = [.. inputs.Features.Zip(widths, (x, w) => new SeaModality(x.shape[1], w.Width, inputs.Users, hyper.Dimension, dtype, device, kernels))];
        foreach (var (modality, (name, _)) in Modalities.Zip(widths))
            register_module(ModuleNames.Of("modality", name), modality);
        Separation = new SeparateLearning(widths, hyper, dtype, device, kernels);
        register_module("separation", Separation);
    }

    internal IReadOnlyList<SeaModality> Modalities { get; }

    /// <inheritdoc/>
    internal override SeparateLearning Separation { get; }

    /// <inheritdoc/>
    internal override int Width => Modalities.Count * _hyper.Dimension;

    /// <inheritdoc/>
    public override ModalOutput forward(ModalInputs inputs)
    {
        var projected = Modalities.Zip(inputs.Features, (m, x) => m.Project(x)).ToArray();
        var nodes = Propagate(inputs, projected);
        return new(cat([Users(inputs, nodes), Items(inputs, nodes)], 0), projected);
    }

    /// <summary>X + A X + ... + A^L X of all modalities side by side: nodes x (modalities * d).</summary>
    internal Tensor Propagate(ModalInputs inputs, IReadOnlyList<Tensor> projected) =>
        inputs.InteractionGraph.SumOfPowers(cat([.. Modalities.Zip(projected, (m, z) => m.Nodes(z))], 1), _hyper.Layers);

    /// <summary>Each modality's part times the user's weight for it: users x (modalities * d).</summary>
    internal Tensor Users(ModalInputs inputs, Tensor nodes) =>
        (nodes.narrow(0, 0, inputs.Users).reshape(inputs.Users, Modalities.Count, _hyper.Dimension) * _userWeights.unsqueeze(2)).reshape(inputs.Users, Width);

    /// <summary>C + S^n C: items x (modalities * d).</summary>
    internal Tensor Items(ModalInputs inputs, Tensor nodes)
    {
        var items = nodes.narrow(0, inputs.Users, inputs.Items);
        return items.Plus(Similar(inputs, items));
    }

    /// <summary>S^n C.</summary>
    internal Tensor Similar(ModalInputs inputs, Tensor items)
    {
        for (var layer = 0; layer < _hyper.ItemGraphLayers; layer++)
            items = inputs.ItemGraph!.Multiply(items);
        return items;
    }

    /// <summary>BPR with a logarithm to the base 2.</summary>
    internal override Tensor Ranking(ModalOutput output, TripleBatch batch)
    {
        var vectors = output.Representation;
        var triples = vectors.index_select(0, TripleNodes.Of(batch, (int)_userWeights.shape[0], vectors.device)).chunk(3, 0);
        var loss = BprLoss.Forward(triples[0], triples[1], triples[2]);
        return loss.Times(1 / Math.Log(2));
    }

    /// <inheritdoc/>
    internal override ParameterRows RowsOf(string name) => SeaNames.RowsOf(name);
}

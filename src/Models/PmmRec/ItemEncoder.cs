using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>From an item's tokens to its vector: a projection per modality, the fusion of several, and the mean of the tokens that there are.</summary>
internal sealed class ItemEncoder : nn.Module
{
    private readonly (string Modality, Linear Layer)[] _projections;

    internal ItemEncoder(IReadOnlyList<ModalTokens> modalities, PmmRecHyperParameters hyper, ScalarType dtype, Device device, KernelMode kernels)
        : base(nameof(ItemEncoder))
    {
        _projections = [.. modalities.Select(m => (m.Name, XavierNormal.Linear(m.Width, hyper.Dimension, bias: true, dtype, device)))];
        foreach (var (modality, layer) in _projections)
            register_module(ModuleNames.Of("projection", modality), layer);
        if (modalities.Count > 1)
        {
            Fusion = new(hyper, dtype, device, kernels);
            register_module("fusion", Fusion);
        }
    }

    /// <summary>Null with one modality: a tower.</summary>
    internal FusionLayer? Fusion { get; }

    /// <param name="tokens">Of some items, by modality.</param>
    internal EncodedItems Encode(IReadOnlyList<ModalTokens> tokens)
    {
        var projected = tokens.Select((modality, m) => Project(m, modality.Values)).ToArray();
        Tensor[] means = [.. projected.Zip(tokens, (values, modality) => MaskedMean.Of(values, modality.Mask))];
        if (Fusion is null)
            return new(means[0], means);
        var mask = cat([.. tokens.Select(modality => modality.Mask)], 1);
        return new(MaskedMean.Of(Fusion.forward(cat(projected, 1), mask), mask), means);
    }

    /// <summary>A modality's tokens to width d.</summary>
    internal Tensor Project(int modality, Tensor tokens) => _projections[modality].Layer.Steady(tokens);

    /// <summary>Its parameters, copied out.</summary>
    /// <param name="preparation">How the features of its tokens were prepared.</param>
    internal ItemEncoderWeights Weights(FeaturePreparation preparation) => new()
    {
        Width = (int)_projections[0].Layer.weight!.shape[0],
        Preprocessing = preparation.Preprocessing,
        Projections = [.. _projections.Zip(preparation.Means, (projection, mean) =>
            new ItemProjection(projection.Modality, (int)projection.Layer.weight!.shape[1], mean, PlainValues.Of(projection.Layer)))],
        Fusion = Fusion?.Weights(),
    };
}

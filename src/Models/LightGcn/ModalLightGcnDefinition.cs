using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.LightGcn;

/// <summary>How LightGCN over modal features is chosen and made, with SEA's losses and without.</summary>
internal static class ModalLightGcnDefinition
{
    private const string PlainName = "lightgcn-features";

    internal static ModelDefinition Plain { get; } = Define(PlainName, "LightGCN with the items' features beside their ids", new(), []);

    internal static ModelDefinition WithSeparation { get; } = Define(
        "lightgcn-sea", "the same with SEA's two losses", new() { SoloWeight = 0.1, ClubWeight = 0.01 },
        [SearchRange.Log("solo_weight", 1e-3, 1), SearchRange.Log("club_weight", 1e-3, 1), SearchRange.Choice("temperature", 0.1, 0.2, 0.4, 0.8)]);

    private static ModelDefinition Define(string name, string description, ModalLightGcnHyperParameters defaults, IReadOnlyList<SearchRange> ranges) => new(
        name, description, [], _ => new GraphSettings(), (data, settings) => Create(name, data, defaults.With(settings), settings))
    {
        Parameters = HyperParameters.Names<ModalLightGcnHyperParameters>(),
        Describe = settings => HyperParameters.Describe(defaults.With(settings)),
        MaxEpochs = settings => defaults.With(settings).MaxEpochs,
        Ranges = [.. EmbeddingSettings.Ranges, SearchRange.Whole("layers", 1, 4), .. ranges],
    };

    private static ModalRecommender Create(string name, TrainingData data, ModalLightGcnHyperParameters hyper, ModelSettings settings)
    {
        var device = TrainingDevice.Open(settings.Device, settings.Threads);
        var advice = $"Lower batch_size ({hyper.BatchSize}) or dimension ({hyper.Dimension}), use fewer modalities, or train on a device with more memory.";
        return DeviceMemory.Guard(() => ModalRecommender.Create(
            data, settings.Modalities, (_, _) => null,
            inputs => new ModalLightGcnModel(name, inputs, hyper, settings.Seed, ScalarType.Float32, device), hyper, settings.Seed, advice, device, KernelMode.Auto), advice);
    }
}

using System.Globalization;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sea;

/// <summary>How SEA is chosen and made from settings that any model has.</summary>
internal static class SeaDefinition
{
    internal const string Name = "sea";

    internal static ModelDefinition Definition { get; } = new(
        Name, "SEA (2024): what modalities share and what is each one's own, learned apart", SeaPresets.Names,
        settings => new GraphSettings { ItemNeighbors = Parameters(settings).ItemNeighbors },
        (data, settings) => Create(data, Parameters(settings), settings))
    {
        Parameters = HyperParameters.Names<SeaHyperParameters>(),
        Describe = Describe,
        MaxEpochs = settings => Parameters(settings).MaxEpochs,
        Values = settings => HyperParameters.Describe(Parameters(settings)),
        Ranges = SeaRanges.All,
    };

    private static SeaHyperParameters Parameters(ModelSettings settings) => SeaPresets.Get(settings.Preset ?? SeaPresets.Default).With(settings);

    /// <exception cref="ArgumentException">The settings don't fit the data or the machine.</exception>
    private static ModalRecommender Create(TrainingData data, SeaHyperParameters hyper, ModelSettings settings)
    {
        var device = TrainingDevice.Open(settings.Device, settings.Threads);
        return DeviceMemory.Guard(() => Create(data, hyper, settings.Modalities, settings.Seed, device), MemoryAdvice(hyper));
    }

    /// <summary>SEA as a recommender.</summary>
    /// <param name="data">What to learn from.</param>
    /// <param name="hyper">The model's hyper-parameters.</param>
    /// <param name="modalities">The modalities to use, in order; null or empty: all of them.</param>
    /// <param name="seed">Decides initial values, shuffling and sampling.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    /// <exception cref="ArgumentException">There is no modality, or not that one, or it can't be split.</exception>
    internal static ModalRecommender Create(
        TrainingData data, SeaHyperParameters hyper, IReadOnlyList<string>? modalities, int seed, Device device, KernelMode kernels = KernelMode.Auto) =>
        ModalRecommender.Create(
            data, modalities, (snapshot, chosen) => hyper.ItemGraphLayers == 0 ? null : NeighborShares.Mixed(snapshot, chosen, hyper),
            inputs => new SeaModel(inputs, hyper, seed, ScalarType.Float32, device, kernels), hyper, seed, MemoryAdvice(hyper), device, kernels);

    private static string MemoryAdvice(SeaHyperParameters hyper) =>
        $"Lower batch_size ({hyper.BatchSize}), dimension ({hyper.Dimension}) or projection_width ({hyper.ProjectionWidth}), use fewer modalities, or train on a device with more memory.";

    private static IReadOnlyDictionary<string, string> Describe(ModelSettings settings)
    {
        var hyper = Parameters(settings);
        return new Dictionary<string, string>(settings.Parameters)
        {
            ["preset"] = settings.Preset ?? SeaPresets.Default,
            ["learning_rate"] = hyper.LearningRate.ToString(CultureInfo.InvariantCulture),
            ["batch_size"] = hyper.BatchSize.ToString(CultureInfo.InvariantCulture),
        };
    }
}

using System.Globalization;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>How REARM is chosen and made from settings that any model has.</summary>
internal static class RearmDefinition
{
    internal const string Name = "rearm";

    internal static ModelDefinition Definition { get; } = new(
        Name, "REARM (ACM MM 2025): graphs, modalities and what they share", RearmPresets.Names, Graphs, Create)
    {
        Parameters = HyperParameters.Names<RearmHyperParameters>(),
        Describe = Describe,
        MaxEpochs = settings => Parameters(settings).MaxEpochs,
        Values = settings => HyperParameters.Describe(Parameters(settings)),
        Ranges = RearmRanges.All,
    };

    /// <summary>The preset with what the settings put in its place.</summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    private static RearmHyperParameters Parameters(ModelSettings settings) => RearmPresets.Get(settings.Preset ?? RearmPresets.Default).With(settings);

    private static GraphSettings Graphs(ModelSettings settings)
    {
        var hyper = Parameters(settings);
        return new() { UserNeighbors = hyper.UserNeighbors, ItemNeighbors = hyper.ItemNeighbors };
    }

    private static RearmRecommender Create(TrainingData data, ModelSettings settings)
    {
        var (hyper, device) = (Parameters(settings), TrainingDevice.Open(settings.Device, settings.Threads));
        return DeviceMemory.Guard(() => new RearmRecommender(data, hyper, settings.Modalities, settings.Seed, device), RearmRecommender.MemoryAdvice(hyper));
    }

    private static IReadOnlyDictionary<string, string> Describe(ModelSettings settings)
    {
        var hyper = Parameters(settings);
        return new Dictionary<string, string>(settings.Parameters)
        {
            ["preset"] = settings.Preset ?? RearmPresets.Default,
            ["learning_rate"] = hyper.LearningRate.ToString(CultureInfo.InvariantCulture),
            ["batch_size"] = hyper.BatchSize.ToString(CultureInfo.InvariantCulture),
        };
    }
}

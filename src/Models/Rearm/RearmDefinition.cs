using System.Globalization;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>How REARM is chosen and made from settings that any model has.</summary>
internal static class RearmDefinition
{
    internal const string Name = "rearm";

    /// <summary>The preset with what the settings put in its place.</summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    internal static RearmHyperParameters HyperParameters(ModelSettings settings)
    {
        var preset = RearmPresets.Get(settings.Preset ?? RearmPresets.Default);
        return preset with
        {
            LearningRate = settings.LearningRate ?? preset.LearningRate,
            MaxEpochs = settings.MaxEpochs ?? preset.MaxEpochs,
            Patience = settings.Patience ?? preset.Patience,
            BatchSize = settings.BatchSize ?? preset.BatchSize,
        };
    }

    internal static GraphSettings Graphs(ModelSettings settings)
    {
        var hyper = HyperParameters(settings);
        return new() { UserNeighbors = hyper.UserNeighbors, ItemNeighbors = hyper.ItemNeighbors };
    }

    internal static IRecommender Create(TrainingData data, ModelSettings settings) => new RearmRecommender(
        data, HyperParameters(settings), settings.Modalities, settings.Seed, TrainingDevice.Open(settings.Device, settings.Threads));

    internal static IReadOnlyDictionary<string, string> Describe(ModelSettings settings)
    {
        var hyper = HyperParameters(settings);
        return new Dictionary<string, string>
        {
            ["preset"] = settings.Preset ?? RearmPresets.Default,
            ["learning_rate"] = hyper.LearningRate.ToString(CultureInfo.InvariantCulture),
            ["batch_size"] = hyper.BatchSize.ToString(CultureInfo.InvariantCulture),
        };
    }
}

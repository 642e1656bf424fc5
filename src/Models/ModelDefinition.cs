using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models;

/// <summary>A kind of model that can be chosen by name.</summary>
/// <param name="Name">What users write, e.g. "rearm".</param>
/// <param name="Description">What it is, in one line.</param>
/// <param name="Presets">Names for <see cref="ModelSettings.Preset"/>, the default first; empty if it has none.</param>
/// <param name="Graphs">How a snapshot's graphs are cut for it.</param>
/// <param name="Create">Makes one; throws <see cref="ArgumentException"/> for settings that do not fit the data or the machine.</param>
public sealed record ModelDefinition(
    string Name, string Description, IReadOnlyList<string> Presets, Func<ModelSettings, GraphSettings> Graphs, Func<TrainingData, ModelSettings, IRecommender> Create)
{
    /// <summary>Hyper-parameters that the settings amount to, under the names reports use; empty if there are none.</summary>
    public Func<ModelSettings, IReadOnlyDictionary<string, string>> Describe { get; init; } = _ => new Dictionary<string, string>();

    /// <summary>Epochs at most with these settings; 0 for a model that is not trained in epochs.</summary>
    public Func<ModelSettings, int> MaxEpochs { get; init; } = _ => 0;
}

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

    /// <summary>Names for <see cref="ModelSettings.Parameters"/>; empty if it has none.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Where a search looks for hyper-parameters; empty: there is nothing to search.</summary>
    public IReadOnlyList<SearchRange> Ranges { get; init; } = [];

    /// <summary>All hyper-parameters that the settings amount to, by the names in <see cref="Parameters"/>; null: <see cref="Describe"/> has them all.</summary>
    public Func<ModelSettings, IReadOnlyDictionary<string, string>>? Values { get; init; }

    /// <summary>Epochs at most with these settings; 0 for a model that is not trained in epochs.</summary>
    public Func<ModelSettings, int> MaxEpochs { get; init; } = _ => 0;

    /// <summary>Whether it makes users' vectors of what they touch (<see cref="ModelVectors.Encoder"/>): then it can't be in a blend.</summary>
    public bool HasUserEncoder { get; init; }

    /// <summary>Refuses settings that are wrong whatever the data.</summary>
    /// <exception cref="ArgumentException">A preset or hyper-parameter is unknown or out of range.</exception>
    public void Check(ModelSettings settings)
    {
        if (settings.Parameters.Keys.FirstOrDefault(name => !Parameters.Contains(name)) is { } unknown)
            throw new ArgumentException(Parameters.Count == 0
                ? $"The model {Name} has no hyper-parameters, so \"{unknown}\" can't be set."
                : $"The model {Name} has no hyper-parameter \"{unknown}\"; it has {string.Join(", ", Parameters)}.");
        if (settings.Preset is { } preset && !Presets.Contains(preset))
            throw new ArgumentException($"The model {Name} has no preset \"{preset}\"; {(Presets.Count == 0 ? "it has none" : $"choose one of {string.Join(", ", Presets)}")}.");
        Describe(settings);
    }
}

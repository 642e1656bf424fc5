using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Blend;

/// <summary>Two models by the name "a+b". Settings go to the one that knows them, or to both.</summary>
internal static class BlendDefinition
{
    /// <summary>Between the names.</summary>
    internal const char Plus = '+';

    /// <exception cref="ArgumentException">One of them can't be in a blend.</exception>
    internal static ModelDefinition Of(ModelDefinition first, ModelDefinition second) => Blend(Blendable(first), Blendable(second));

    private static ModelDefinition Blend(ModelDefinition first, ModelDefinition second) => new(
        $"{first.Name}{Plus}{second.Name}", $"the scores of {first.Name} and, as far as they help, of {second.Name}", [.. first.Presets.Union(second.Presets)],
        settings => Both(first.Graphs(For(first, settings)), second.Graphs(For(second, settings))),
        (data, settings) => Create(first, second, data, settings))
    {
        Parameters = [.. first.Parameters.Union(second.Parameters)],
        Describe = settings => Describe(first, second, settings),
        Ranges = [.. first.Ranges.Concat(second.Ranges).DistinctBy(r => r.Name)],
        Values = settings => Values(first, second, settings),
        MaxEpochs = settings => Math.Max(first.MaxEpochs(For(first, settings)), second.MaxEpochs(For(second, settings))),
    };

    private static ModelDefinition Blendable(ModelDefinition part) => !part.HasUserEncoder ? part : throw new ArgumentException(
        $"The model {part.Name} can't be in a blend: it makes a user's vector anew of what the user touches, and the users of a blend have vectors that were "
        + "learned. Choose it alone.");

    private static BlendRecommender Create(ModelDefinition first, ModelDefinition second, TrainingData data, ModelSettings settings)
    {
        var one = first.Create(data, For(first, settings));
        try
        {
            return new(data, (first.Name, one), (second.Name, second.Create(data, For(second, settings))), second.MaxEpochs(For(second, settings)) > 0);
        }
        catch
        {
            one.Dispose();
            throw;
        }
    }

    // The first one's under their own names, as without the blend.
    private static Dictionary<string, string> Describe(ModelDefinition first, ModelDefinition second, ModelSettings settings)
    {
        var all = new Dictionary<string, string>(first.Describe(For(first, settings)));
        foreach (var (name, value) in second.Describe(For(second, settings)))
            all.Add($"{second.Name}.{name}", value);
        return all;
    }

    // One value for each name: that is how settings say it to both.
    private static Dictionary<string, string> Values(ModelDefinition first, ModelDefinition second, ModelSettings settings) =>
        All(first, settings).Concat(All(second, settings)).DistinctBy(v => v.Key).ToDictionary();

    private static IReadOnlyDictionary<string, string> All(ModelDefinition part, ModelSettings settings) => (part.Values ?? part.Describe)(For(part, settings));

    /// <summary>What of a blend's settings one of its models knows.</summary>
    internal static ModelSettings For(ModelDefinition part, ModelSettings settings) => settings with
    {
        Preset = part.Presets.Contains(settings.Preset) ? settings.Preset : null,
        Parameters = settings.Parameters.Where(p => part.Parameters.Contains(p.Key)).ToDictionary(),
    };

    // A model takes as many neighbours as it wants of those that there are.
    private static GraphSettings Both(GraphSettings first, GraphSettings second) => first with
    {
        UserNeighbors = Math.Max(first.UserNeighbors, second.UserNeighbors),
        ItemNeighbors = Math.Max(first.ItemNeighbors, second.ItemNeighbors),
    };
}

using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Baselines;
using Rearm.Streaming.Models.Rearm;

namespace Rearm.Streaming.Models;

/// <summary>Every model there is. A new one is a folder of its own and a line here (CONTRIBUTING.md).</summary>
public static class ModelCatalogue
{
    /// <summary>The model this project is about, and the default.</summary>
    public const string Default = RearmDefinition.Name;

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<ModelDefinition> All { get; } =
    [
        new(RearmDefinition.Name, "REARM (ACM MM 2025): graphs, modalities and what they share", RearmPresets.Names, RearmDefinition.Graphs, RearmDefinition.Create)
        {
            Describe = RearmDefinition.Describe,
            MaxEpochs = settings => RearmDefinition.HyperParameters(settings).MaxEpochs,
        },
        new("popularity", "the items with most users, the same for everybody", [], _ => new GraphSettings(), (data, _) => new PopularityRecommender(data)),
        new("random", "a random order for each user; for evaluation only", [], _ => new GraphSettings(), (data, settings) => new RandomRecommender(data, settings.Seed)),
    ];

    /// <summary>The names that <see cref="Get"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(model => model.Name)];

    /// <summary>The model of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ModelDefinition Get(string name) => All.FirstOrDefault(model => model.Name == name)
        ?? throw new ArgumentException($"There is no model \"{name}\"; choose one of {string.Join(", ", Names)}.", nameof(name));
}

using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Baselines;
using Rearm.Streaming.Models.Blend;
using Rearm.Streaming.Models.Bpr;
using Rearm.Streaming.Models.Ease;
using Rearm.Streaming.Models.Ials;
using Rearm.Streaming.Models.ItemKnn;
using Rearm.Streaming.Models.LightGcn;
using Rearm.Streaming.Models.PmmRec;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.SasRec;
using Rearm.Streaming.Models.Sea;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models;

/// <summary>Every model there is. A new one is a folder of its own and a line here (CONTRIBUTING.md).</summary>
public static class ModelCatalogue
{
    /// <summary>The model this project is about, and the default.</summary>
    public const string Default = RearmDefinition.Name;

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<ModelDefinition> All { get; } =
    [
        RearmDefinition.Definition,
        PmmRecDefinition.Definition,
        SasRecDefinition.Definition,
        SeaDefinition.Definition,
        LightGcnDefinition.Definition,
        ModalLightGcnDefinition.Plain,
        ModalLightGcnDefinition.WithSeparation,
        BprDefinition.Definition,
        IalsDefinition.Definition,
        EaseDefinition.Plain,
        EaseDefinition.WithFeatures,
        ItemKnnDefinition.Definition,
        ItemKnnDefinition.OfLastItem,
        new("popularity", "the items with most users, the same for everybody", [], _ => new GraphSettings(), (data, _) => new PopularityRecommender(data)),
        new("random", "a random order for each user; for evaluation only", [], _ => new GraphSettings(), (data, settings) => new RandomRecommender(data, settings.Seed)),
    ];

    /// <summary>The names of all of them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(model => model.Name)];

    /// <summary>The model of that name, or the blend of two by the name "a+b".</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ModelDefinition Get(string name) => name.Split(BlendDefinition.Plus) switch
    {
        [var one] => Single(one),
        [var one, var other] when one != other => BlendDefinition.Of(Single(one), Single(other)),
        _ => throw new ArgumentException($"\"{name}\" is no blend: two different models with a + between are needed."),
    };

    /// <summary>Of a model, or of the two in a blend, the names of those that train in epochs, in the order in which they do.</summary>
    /// <exception cref="ArgumentException">There is no such model.</exception>
    public static IReadOnlyList<string> EpochModels(string name, ModelSettings settings) =>
        [.. name.Split(BlendDefinition.Plus).Where(part => Single(part).MaxEpochs(BlendDefinition.For(Single(part), settings)) > 0)];

    private static ModelDefinition Single(string name) => All.FirstOrDefault(model => model.Name == name)
        ?? throw new ArgumentException($"There is no model \"{name}\"; choose one of {string.Join(", ", Names)}, or two of them with a + between.");
}

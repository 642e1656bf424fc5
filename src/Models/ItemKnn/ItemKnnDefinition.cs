using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.ItemToItem;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.ItemKnn;

/// <summary>
/// Item-kNN on co-occurrence: M. Deshpande, G. Karypis, "Item-Based Top-N Recommendation Algorithms", ACM TOIS 2004,
/// https://doi.org/10.1145/963770.963776, with the cosine (eq. 2) between items.
/// </summary>
internal static class ItemKnnDefinition
{
    internal static ModelDefinition Definition { get; } = new(
        "item-knn", "what was touched by the same users, by cosine", [], _ => new GraphSettings(), Create)
    {
        Parameters = HyperParameters.Names<ItemKnnHyperParameters>(),
        Describe = settings => HyperParameters.Describe(Parameters(settings)),
        Ranges = [SearchRange.Choice("neighbors", 20, 50, 100, 200, 500), SearchRange.Log("shrinkage", 0.1, 1000)],
    };

    /// <summary>The same by the user's newest item alone.</summary>
    internal static ModelDefinition OfLastItem { get; } = new(
        "item-knn-last", "what was touched by the same users as the newest item; for evaluation only", [], _ => new GraphSettings(),
        (data, settings) =>
        {
            TrainingDevice.Open(TrainingDevice.Cpu, settings.Threads);
            return new LastItemRecommender(data, Parameters(settings));
        })
    {
        Parameters = HyperParameters.Names<ItemKnnHyperParameters>(),
        Describe = settings => HyperParameters.Describe(Parameters(settings)),
    };

    private static ItemKnnHyperParameters Parameters(ModelSettings settings) => HyperParameters.With(new ItemKnnHyperParameters(), settings.Parameters);

    private static ItemToItemRecommender Create(TrainingData data, ModelSettings settings)
    {
        TrainingDevice.Open(TrainingDevice.Cpu, settings.Threads);
        var hyper = Parameters(settings);
        var maxItemsPerUser = GraphSettings.From(data.Train.Settings).MaxItemsPerUser;
        return new(data, cancellation => new ItemKnnWeights(ItemSimilarity.Nearest(
            InteractionWeights.Relative(data.Train.Interactions), data.Train.Items, hyper, IdOrder.Ranks(data.Train.ItemIds), maxItemsPerUser, cancellation)),
            hyper.Rank, settings.AsServed, settings.Seed,
            $"Lower neighbors ({hyper.Neighbors}), choose the model ials, or train on a machine with more memory.");
    }
}

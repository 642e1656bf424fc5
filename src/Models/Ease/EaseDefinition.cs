using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.ItemToItem;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Ease;

/// <summary>
/// EASE^R: H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, https://doi.org/10.1145/3308558.3313710. With features, items
/// that look alike count as if users had touched them together, as in collective EASE (O. Jeunen, J. Van Balen, B. Goethals, RecSys 2020,
/// https://doi.org/10.1145/3383313.3418480).
/// </summary>
internal static class EaseDefinition
{
    internal static ModelDefinition Plain { get; } = Define(
        "ease", "EASE: weights between items in closed form; up to some 20,000 items", new(), [Regularization]);

    internal static ModelDefinition WithFeatures { get; } = Define("ease-features", "EASE with the items' features", new() { FeatureWeight = 20 },
        [Regularization, SearchRange.Log("feature_weight", 0.5, 500)]);

    // The paper tries 10 to 1,000 on data sets with more interactions for each item.
    private static SearchRange Regularization => SearchRange.Log("regularization", 1, 3000);

    private static ModelDefinition Define(string name, string description, EaseHyperParameters defaults, IReadOnlyList<SearchRange> ranges) => new(
        name, description, [], _ => new GraphSettings(), (data, settings) => Create(data, settings, Parameters(defaults, settings)))
    {
        Parameters = HyperParameters.Names<EaseHyperParameters>(),
        Describe = settings => HyperParameters.Describe(Parameters(defaults, settings)),
        Ranges = ranges,
    };

    private static EaseHyperParameters Parameters(EaseHyperParameters defaults, ModelSettings settings) => HyperParameters.With(defaults, settings.Parameters);

    private static ItemToItemRecommender Create(TrainingData data, ModelSettings settings, EaseHyperParameters hyper)
    {
        var items = data.Train.Items;
        if (items > hyper.MaxItems)
            throw new UnsuitableDataException(FormattableString.Invariant(
                $"EASE needs a dense matrix of {items:N0} x {items:N0} item weights, {(double)items * items * sizeof(float) / (1 << 30):0.0} GiB, and two of them while it is solved; max_items is {hyper.MaxItems:N0}. Choose the model item-knn or ials, or raise max_items where there is the memory."));
        TrainingDevice.Open(TrainingDevice.Cpu, settings.Threads);
        var modalities = hyper.FeatureWeight > 0 ? ModalityChoice.Resolve(data.Train.Modalities, settings.Modalities) : [];
        return new(
            data, _ => Learn(data, modalities, hyper), hyper.Rank, settings.AsServed, settings.Seed,
            "Choose the model item-knn or ials, or train on a machine with more memory.");
    }

    private static EaseWeights Learn(TrainingData data, int[] modalities, EaseHyperParameters hyper)
    {
        using var scope = NewDisposeScope();
        var features = modalities.Select(m => FeatureTensor.From(data.Features.Values[m], ScalarType.Float32, CPU)).ToArray();
        return EaseWeights.Solve(GramMatrix.Of(InteractionWeights.Relative(data.Train.Interactions), data.Train.Items, features, hyper));
    }
}

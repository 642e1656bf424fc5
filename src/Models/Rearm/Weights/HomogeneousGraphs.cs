using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Models.Rearm.Weights;

/// <summary>
/// 4.2.3: G = a_co * co-occurrence + (1 - a_co) * similarity, similarity mixed over modalities. Where one of the two is left out,
/// or there is no modality, the other has the whole weight.
/// </summary>
internal static class HomogeneousGraphs
{
    internal static SparseRows Users(GraphSnapshot snapshot, IReadOnlyList<int> modalities, RearmHyperParameters parameters) => Mix(
        snapshot.Users,
        CooccurrenceWeights.Build(snapshot.UserCooccurrence, parameters.UserNeighbors,
            MostActive.Of(Degrees.OfUsers(snapshot.Interactions), snapshot.UserIds, parameters.UserNeighbors)),
        Similarity(snapshot.Users, snapshot.UserInterest, modalities, parameters.UserFirstModalityWeight, parameters.UserNeighbors),
        parameters.UserCooccurrenceWeight, modalities.Count, parameters.Without);

    internal static SparseRows Items(GraphSnapshot snapshot, IReadOnlyList<int> modalities, RearmHyperParameters parameters) => Mix(
        snapshot.Items,
        CooccurrenceWeights.Build(snapshot.ItemCooccurrence, parameters.ItemNeighbors,
            MostActive.Of(Degrees.OfItems(snapshot.Interactions, snapshot.Items), snapshot.ItemIds, parameters.ItemNeighbors)),
        Similarity(snapshot.Items, snapshot.ItemSemantic, modalities, parameters.ItemFirstModalityWeight, parameters.ItemNeighbors),
        parameters.ItemCooccurrenceWeight, modalities.Count, parameters.Without);

    /// <summary>The modalities' graphs in one: the first has <paramref name="firstWeight"/>, the others share the rest equally.</summary>
    internal static SparseRows Similarity(int rows, IReadOnlyList<SparseRows> cosines, IReadOnlyList<int> modalities, double firstWeight, int k) =>
        WeightedSum.Of(rows, [.. modalities.Select((m, at) => (ModalityShare.Of(at, modalities.Count, firstWeight), SimilarityWeights.Build(cosines[m], k)))]);

    private static SparseRows Mix(int rows, SparseRows cooccurrence, SparseRows similarity, double weight, int modalities, Ablations without)
    {
        if (without.HasFlag(Ablations.Cooccurrence))
            weight = 0;
        else if (modalities == 0 || without.HasFlag(Ablations.Similarity))
            weight = 1;
        return WeightedSum.Of(rows, [(weight, cooccurrence), (1 - weight, similarity)]);
    }
}

using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>How a snapshot's raw features became the model's tokens, so that the same can be done to those of an item that it does not have.</summary>
/// <param name="Preprocessing">One of <see cref="GraphSettings.Preprocessing"/>.</param>
/// <param name="Means">Per modality of the model what was taken off; empty where nothing was.</param>
internal sealed record FeaturePreparation(string Preprocessing, IReadOnlyList<float[]> Means)
{
    /// <summary>The features of some modalities of a snapshot, as its graphs were cut.</summary>
    internal static FeaturePreparation Of(GraphSnapshot snapshot, IEnumerable<int> modalities)
    {
        var (preprocessing, ranks) = (GraphSettings.From(snapshot.Settings).Preprocessing, IdOrder.Ranks(snapshot.ItemIds));
        return new(preprocessing, [.. modalities.Select(m => preprocessing == GraphSettings.CenteredL2
            ? Array.ConvertAll(FeaturePreprocessing.Means(snapshot.Modalities[m], ranks), mean => (float)mean)
            : [])]);
    }
}

using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>The items' vectors as graphs and models take them (<see cref="FeaturePreprocessing"/>), prepared once for all uses.</summary>
public sealed class PreparedFeatures
{
    private PreparedFeatures(IReadOnlyList<FloatMatrix> values) => Values = values;

    /// <summary>Per modality, in the snapshot's order: items x dimension; zeros where an item has none.</summary>
    public IReadOnlyList<FloatMatrix> Values { get; }

    /// <summary>Prepares the features of a snapshot the way its graphs were cut.</summary>
    /// <exception cref="Contracts.ContractException">The snapshot does not say how.</exception>
    public static PreparedFeatures Of(GraphSnapshot snapshot) =>
        Of(snapshot.Modalities, GraphSettings.From(snapshot.Settings).Preprocessing, IdOrder.Ranks(snapshot.ItemIds));

    /// <summary>Prepares the features that a snapshot is going to be made from.</summary>
    public static PreparedFeatures Of(SnapshotContent content, GraphSettings settings) =>
        Of(content.SortedModalities, settings.Preprocessing, IdOrder.Ranks(content.ItemIds));

    internal static PreparedFeatures Of(IReadOnlyList<ModalityFeatures> modalities, string preprocessing, int[] itemRanks) =>
        new([.. modalities.Select(modality => FeaturePreprocessing.Apply(modality, preprocessing, itemRanks))]);
}

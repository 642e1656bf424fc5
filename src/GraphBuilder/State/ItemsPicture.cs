namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>The items as the live catalogue needs them, as they were at one moment, for any thread.</summary>
/// <param name="Frozen">The items.</param>
/// <param name="Trends">Users lately of each (<see cref="ItemTrends"/>), as of the newest event; later ones may be missing, and have none.</param>
/// <param name="Version">The state's.</param>
internal sealed record ItemsPicture(FrozenItems Frozen, float[] Trends, long Version)
{
    /// <summary>Id of each item (UTF-8).</summary>
    public FrozenList<byte[]?> Ids => Frozen.Ids;

    /// <summary>Description of each.</summary>
    public FrozenList<ItemState> Items => Frozen.States;

    /// <summary>The modalities in use.</summary>
    public IReadOnlyList<Modality> Modalities => Frozen.Modalities;
}

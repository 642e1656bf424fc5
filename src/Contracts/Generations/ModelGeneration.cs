using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>A trained model as the Server uses it: one vector per item and per user; the score is their inner product (eq. 19).</summary>
public sealed record ModelGeneration
{
    /// <summary>Width of the vectors.</summary>
    public required int Dimension { get; init; }

    /// <summary>External id of each item.</summary>
    public required string[] ItemIds { get; init; }

    /// <summary>Row-major, items x <see cref="Dimension"/>.</summary>
    public required float[] ItemVectors { get; init; }

    /// <summary>Distinct users of each item.</summary>
    public required int[] Popularity { get; init; }

    /// <summary>Categories of each item.</summary>
    public required string[][] Categories { get; init; }

    /// <summary>Whether each item may be recommended.</summary>
    public required bool[] Available { get; init; }

    /// <summary>The graphs of items that answers are explained by; those of the snapshot it was trained on.</summary>
    public IReadOnlyList<ItemGraph> Graphs { get; init; } = [];

    /// <summary>External id of each user.</summary>
    public required string[] UserIds { get; init; }

    /// <summary>Row-major, users x <see cref="Dimension"/>.</summary>
    public required float[] UserVectors { get; init; }

    /// <summary>
    /// What makes a user's vector from the newest items touched; null: <see cref="UserVectors"/> are learned. With it, those are what it gives for the
    /// snapshot, for while a user's history can't be read.
    /// </summary>
    public UserEncoderWeights? UserEncoder { get; init; }

    /// <summary>
    /// What makes an item's vector from its features; null: items' vectors are learned. With it, an item that the generation does not know has the vector
    /// that training would give it.
    /// </summary>
    public ItemEncoderWeights? ItemEncoder { get; init; }

    /// <summary>The snapshot it was trained on.</summary>
    public required SnapshotInfo Snapshot { get; init; }

    /// <summary>What the trainer measured, e.g. "recall@20".</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>How it was trained.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }
}

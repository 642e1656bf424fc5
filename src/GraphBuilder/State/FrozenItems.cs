namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>The items as they were at one moment, for any thread.</summary>
internal sealed record FrozenItems
{
    /// <summary>Id of each item (UTF-8).</summary>
    public required FrozenList<byte[]?> Ids { get; init; }

    /// <summary>Description of each item.</summary>
    public required FrozenList<ItemState> States { get; init; }

    public required IReadOnlyList<Modality> Modalities { get; init; }

    /// <summary>The attributes that are kept of items whose description is read now.</summary>
    public required IReadOnlyList<string> AttributeNames { get; init; }

    /// <summary>The newest time of a description or deletion read, Unix milliseconds; -1 before the first.</summary>
    public required long EventTime { get; init; }
}

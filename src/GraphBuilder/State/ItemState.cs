namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// The newest description of an item, or its deletion: a register in which the last writer wins, by (time, stable hash of the event's id).
/// </summary>
internal sealed record ItemState
{
    /// <summary>What an item is that only interactions have named.</summary>
    public static readonly ItemState Undescribed = new() { Time = -1 };

    /// <summary>Unix milliseconds; -1 before the first event.</summary>
    public required long Time { get; init; }

    public ulong EventHash { get; init; }

    public bool Deleted { get; init; }

    public bool Available { get; init; } = true;

    public string[] Categories { get; init; } = [];

    /// <summary>One vector per modality.</summary>
    public IReadOnlyDictionary<string, float[]> Features { get; init; } = new Dictionary<string, float[]>();

    public bool Described => Time >= 0;

    public bool Hidden => Deleted || !Available;

    public bool IsNewerThan(ItemState other) => Time != other.Time ? Time > other.Time : EventHash > other.EventHash;
}

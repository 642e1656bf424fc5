using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>The last description of an item in its partition's order, or its deletion. Never changed: the next one takes its place.</summary>
internal sealed record ItemState
{
    /// <summary>What an item is that only interactions have named.</summary>
    public static readonly ItemState Undescribed = new() { Time = -1 };

    /// <summary>Unix milliseconds; -1 before the first event.</summary>
    public required long Time { get; init; }

    public bool Deleted { get; init; }

    public bool Available { get; init; } = true;

    public string[] Categories { get; init; } = [];

    /// <summary>What the catalogue keeps of its attributes (<see cref="AttributeNames"/>), by ordinal order of name. No graph has them.</summary>
    public ItemAttribute[] Attributes { get; init; } = [];

    /// <summary>One vector per modality, by ordinal order of name.</summary>
    public ItemFeature[] Features { get; init; } = [];

    public bool Described => Time >= 0;

    public bool Hidden => Deleted || !Available;

    /// <summary>The vector of a modality; the default value if the item has none of that name.</summary>
    public ItemVector Feature(string modality)
    {
        foreach (var feature in Features)
            if (feature.Modality == modality)
                return feature.Vector;
        return default;
    }
}

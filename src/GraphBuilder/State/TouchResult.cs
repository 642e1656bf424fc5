namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>What became of an event at the edges.</summary>
internal enum TouchResult
{
    /// <summary>The user had not touched the item before.</summary>
    Added,

    /// <summary>The pair is known; this event is its newest now.</summary>
    Updated,

    /// <summary>An event at least as new, or an erasure, is known.</summary>
    Stale,
}

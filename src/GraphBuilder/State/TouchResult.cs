namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>What became of an interaction.</summary>
internal enum TouchResult
{
    /// <summary>The pair was not known.</summary>
    Added,

    /// <summary>The pair is known, and this event changed it.</summary>
    Updated,

    /// <summary>The pair stays as it was: a duplicate, older than what is known, or older than the user's erasure.</summary>
    Unchanged,
}

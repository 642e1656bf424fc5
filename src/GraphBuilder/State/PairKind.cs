namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>What the newest event of a user-item pair made of it. At the same time the greater one wins.</summary>
internal enum PairKind
{
    /// <summary>The user is interested: the pair is in the graphs.</summary>
    Positive,

    /// <summary>The user does not want the item: the pair is in no graph, and the item is not recommended to the user.</summary>
    Negative,

    /// <summary>Taken back: as if the user had never touched the item.</summary>
    Retracted,
}

namespace Rearm.Streaming.Server.Answers;

/// <summary>A place in a ranking by score, in which equal scores go by the stable hash of the items' ids.</summary>
/// <param name="Score">The score of the item that stands there.</param>
/// <param name="Hash">The hash of its id.</param>
internal readonly record struct Cursor(float Score, ulong Hash)
{
    /// <summary>Before all items.</summary>
    public static Cursor Start { get; } = new(float.PositiveInfinity, 0);

    /// <summary>Whether an item comes later in the ranking.</summary>
    public bool IsBefore(float score, ulong hash) => score < Score || (score == Score && hash > Hash);
}

namespace Rearm.Streaming.Server.Ranking;

/// <summary>An item, by its row in the generation, and its score.</summary>
internal readonly record struct ScoredRow(int Row, float Score)
{
    /// <summary>
    /// Higher score first. A generation's rows are in order of the ids' stable hash, so that the lower row breaks a tie the same way
    /// whatever order the items arrived in.
    /// </summary>
    public bool IsBetterThan(ScoredRow other) => Score > other.Score || (Score == other.Score && Row < other.Row);
}

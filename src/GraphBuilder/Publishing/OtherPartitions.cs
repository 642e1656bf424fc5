namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>The partitions that other GraphBuilders have, as far as their checkpoints tell.</summary>
/// <param name="Partitions">Of the interactions topic.</param>
/// <param name="Progress">Records that the newest checkpoints reflect.</param>
/// <param name="Lag">Records that had yet to be read then.</param>
internal readonly record struct OtherPartitions(IReadOnlyList<int> Partitions, long Progress, long Lag)
{
    /// <summary>This process has them all.</summary>
    public static readonly OtherPartitions None = new([], 0, 0);
}

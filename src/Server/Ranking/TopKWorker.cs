namespace Rearm.Streaming.Server.Ranking;

/// <summary>The right to make a pass, with the memory for it: there is one for each thread that may search.</summary>
/// <param name="engine">Whose it is.</param>
/// <param name="scan">The pass.</param>
internal sealed class TopKWorker(TopKEngine engine, TopKScan scan) : IThreadPoolWorkItem
{
    /// <summary>The pass.</summary>
    public TopKScan Scan { get; } = scan;

    /// <summary>The queries that share it.</summary>
    public TopKQuery[] Batch { get; } = new TopKQuery[TopKScan.MaxQueries];

    /// <summary>Those of them that need one.</summary>
    public TopKQuery[] Exact { get; } = new TopKQuery[TopKScan.MaxQueries];

    void IThreadPoolWorkItem.Execute() => engine.Work(this);
}

using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>Cuts snapshots and publishes them.</summary>
internal interface ISnapshotJob
{
    /// <summary>The newest snapshot; null before the first.</summary>
    SnapshotInfo? Newest { get; }

    /// <summary>Finds the snapshot that a process before this one published.</summary>
    Task ResumeAsync(CancellationToken cancellationToken);

    /// <summary>Publishes the state, or finds that it is current already. Returns at once; the task ends with the work.</summary>
    /// <exception cref="ContractException">The snapshot can't be stored.</exception>
    Task<SnapshotInfo> RunAsync(SnapshotInput input, CancellationToken cancellationToken);

    /// <summary>Retires snapshots that are too old, and repairs what a holder of a lost lease may have done to chunks in use.</summary>
    Task RetireAsync(CancellationToken cancellationToken);
}

using System.Diagnostics;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>Cuts snapshots and publishes them.</summary>
internal interface ISnapshotJob
{
    /// <summary>The newest snapshot; null before the first.</summary>
    SnapshotInfo? Newest { get; }

    /// <summary>Finds the snapshot that a process before this one published.</summary>
    Task ResumeAsync(CancellationToken cancellationToken);

    /// <summary>Publishes the state, or finds that it is current already. Returns at once; the task ends with the work.</summary>
    /// <param name="state">What to publish.</param>
    /// <param name="unchanged">It is what the newest snapshot shows.</param>
    /// <param name="takenAt">When the state was taken.</param>
    /// <param name="offsets">Offsets that the state reflects.</param>
    /// <param name="caller">Whose trace this belongs to.</param>
    /// <param name="links">Traces of the events that are new in it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ContractException">The snapshot can't be stored.</exception>
    Task<SnapshotInfo> RunAsync(
        FrozenState state, bool unchanged, DateTimeOffset takenAt, TopicOffset[] offsets, ActivityContext caller, ActivityLink[] links, CancellationToken cancellationToken);

    /// <summary>Retires snapshots that are too old, and repairs what a holder of a lost lease may have done to chunks in use.</summary>
    Task RetireAsync(CancellationToken cancellationToken);
}

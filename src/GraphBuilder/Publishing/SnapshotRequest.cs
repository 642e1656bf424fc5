using System.Diagnostics;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>Somebody waits for a snapshot of everything read so far.</summary>
/// <param name="Caller">The caller's span; default if it is not traced.</param>
internal sealed record SnapshotRequest(ActivityContext Caller)
{
    /// <summary>Completes with the snapshot, or with the reason why there is none.</summary>
    public TaskCompletionSource<SnapshotInfo> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

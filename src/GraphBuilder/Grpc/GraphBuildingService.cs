using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults.Access;

namespace Rearm.Streaming.GraphBuilder.Grpc;

/// <summary>rearm.v1.GraphBuilding: what operators ask of the worker.</summary>
internal sealed class GraphBuildingService(WorkerStatus status, SnapshotRequests snapshots) : GraphBuilding.GraphBuildingBase
{
    [OperatorCall]
    public override Task<SnapshotInfo> PublishSnapshot(PublishSnapshotRequest request, ServerCallContext context) =>
        snapshots.RequestAsync(context.CancellationToken);

    public override Task<GraphStatus> GetStatus(GetGraphStatusRequest request, ServerCallContext context) => status.ReadAsync(context.CancellationToken);
}

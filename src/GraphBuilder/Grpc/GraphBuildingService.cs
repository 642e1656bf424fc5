using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.Erasures;
using Rearm.Streaming.GraphBuilder.Impressions;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults.Access;

namespace Rearm.Streaming.GraphBuilder.Grpc;

/// <summary>rearm.v1.GraphBuilding: what operators ask of the worker.</summary>
internal sealed class GraphBuildingService(WorkerStatus status, PassedRequests snapshots, ErasureRun erasures, ImpressionState impressions)
    : GraphBuilding.GraphBuildingBase
{
    [OperatorCall]
    public override Task<SnapshotInfo> PublishSnapshot(PublishSnapshotRequest request, ServerCallContext context) =>
        snapshots.RequestAsync(context.CancellationToken);

    public override async Task<GraphStatus> GetStatus(GetGraphStatusRequest request, ServerCallContext context)
    {
        var answer = await status.ReadAsync(context.CancellationToken);
        answer.Impressions = impressions.Status;
        return answer;
    }

    [OperatorCall]
    public override async Task FollowErasure(FollowErasureRequest request, IServerStreamWriter<ErasureStep> responseStream, ServerCallContext context)
    {
        var subject = ErasureSubject.Of(request);
        var steps = request.DryRun ? erasures.LookAsync(subject, context.CancellationToken) : erasures.RunAsync(subject, context.CancellationToken);
        await foreach (var step in steps)
            await responseStream.WriteAsync(step, context.CancellationToken);
    }
}

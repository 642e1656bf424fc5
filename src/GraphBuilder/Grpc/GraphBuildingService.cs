using System.Threading.Channels;
using Confluent.Kafka;
using Grpc.Core;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Grpc;

/// <summary>rearm.v1.GraphBuilding: the operator's handle on the worker.</summary>
internal sealed class GraphBuildingService(GraphStatusBoard board) : GraphBuilding.GraphBuildingBase
{
    public override async Task<SnapshotInfo> PublishSnapshot(PublishSnapshotRequest request, ServerCallContext context)
    {
        try
        {
            return await board.RequestSnapshotAsync(context.CancellationToken);
        }
        catch (NothingToPublishException e)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
        catch (ContractException e)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
        catch (Exception e) when (e is RedisException or TimeoutException or KafkaException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"No snapshot can be taken now: {e.Message} Try again."));
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The graph builder is stopping. Try again once it is back."));
        }
        catch (Exception e) when (e is ChannelClosedException or ObjectDisposedException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The graph builder has stopped."));
        }
    }

    public override async Task<GraphStatus> GetStatus(GetGraphStatusRequest request, ServerCallContext context)
    {
        var logs = await board.LogsAsync(context.CancellationToken);
        // The broker first, then what has been read: the lag may come out too great, never too small.
        var progress = board.Last;
        var status = progress.Status.Clone();
        // -1 says that the broker does not answer.
        status.Lag = logs?.Sum(l => Math.Max(0, l.Value.High - progress.Next.GetValueOrDefault(l.Key, l.Value.Low))) ?? -1;
        return status;
    }
}

/// <summary>There is no interaction to make a snapshot of.</summary>
internal sealed class NothingToPublishException() : Exception("No interaction has been read yet; there is nothing to publish.");

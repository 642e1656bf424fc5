using System.Threading.Channels;
using Confluent.Kafka;
using Grpc.Core;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Consuming;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Services;

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
        catch (Exception e) when (e is RedisException or TimeoutException or ContractException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"Redis can't take a snapshot now: {e.Message} Try again."));
        }
        catch (Exception e) when (e is ChannelClosedException or ObjectDisposedException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The graph builder has stopped."));
        }
    }

    public override async Task<GraphStatus> GetStatus(GetGraphStatusRequest request, ServerCallContext context)
    {
        var logs = board.Logs is { } ask ? await AskAsync(ask, context.CancellationToken) : null;
        // The broker first, then what has been read: the lag may come out too great, never too small.
        var progress = board.Last;
        var status = progress.Status.Clone();
        status.Lag = logs?.Sum(l => Math.Max(0, l.Value.High - progress.Next.GetValueOrDefault(l.Key, l.Value.Low))) ?? -1;
        return status;
    }

    private static async Task<Dictionary<TopicPartition, LogRange>?> AskAsync(Func<Dictionary<TopicPartition, LogRange>> logs, CancellationToken cancellationToken)
    {
        try
        {
            // The client has no asynchronous form of the question.
            return await Task.Run(logs, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            // A lag of -1 says that the broker does not answer.
            return null;
        }
    }
}

/// <summary>There is no interaction to make a snapshot of.</summary>
internal sealed class NothingToPublishException() : Exception("No interaction has been read yet; there is nothing to publish.");

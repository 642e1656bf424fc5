using System.Threading.Channels;
using Confluent.Kafka;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Consuming;

namespace Rearm.Streaming.GraphBuilder.Grpc;

/// <summary>Where the worker, which owns the state, and the callers of the gRPC service meet.</summary>
internal sealed class GraphStatusBoard
{
    private readonly Channel<TaskCompletionSource<SnapshotInfo>> _requests = Channel.CreateBounded<TaskCompletionSource<SnapshotInfo>>(64);
    private volatile LogQuestion? _question;
    private volatile Progress _progress = new(new(), new Dictionary<TopicPartition, long>());

    /// <summary>The worker's last word.</summary>
    public Progress Last
    {
        get => _progress;
        set => _progress = value;
    }

    /// <summary>Sets how the broker is asked what its logs hold; null while there is no reader.</summary>
    public void AskWith(Func<Dictionary<TopicPartition, LogRange>>? logs) => _question = logs is null ? null : new(logs);

    /// <summary>What the broker's logs hold, no older than this call; null if it does not say, or nobody reads.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, LogRange>?> LogsAsync(CancellationToken cancellationToken) =>
        _question is { } question ? await question.AskAsync().WaitAsync(cancellationToken) : null;

    /// <summary>Asks for a snapshot of everything read so far.</summary>
    public async Task<SnapshotInfo> RequestSnapshotAsync(CancellationToken cancellationToken)
    {
        var request = new TaskCompletionSource<SnapshotInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _requests.Writer.WriteAsync(request, cancellationToken);
        return await request.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes the requests that are waiting; one snapshot answers them all.</summary>
    public List<TaskCompletionSource<SnapshotInfo>> TakeRequests()
    {
        var taken = new List<TaskCompletionSource<SnapshotInfo>>();
        while (_requests.Reader.TryRead(out var request))
            taken.Add(request);
        return taken;
    }

    /// <summary>Tells those waiting why there will be no snapshot now.</summary>
    public void Refuse(Exception reason)
    {
        foreach (var request in TakeRequests())
            request.TrySetException(reason);
    }

    /// <summary>Takes no more requests: the worker is gone.</summary>
    public void Close(Exception reason)
    {
        _requests.Writer.TryComplete(reason);
        Refuse(reason);
    }
}

/// <summary>How far the worker is: its status without the lag, and the next record to read of each partition.</summary>
internal sealed record Progress(GraphStatus Status, IReadOnlyDictionary<TopicPartition, long> Next);

using Confluent.Kafka;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>What the worker, which owns the state, last reported, and how far that is behind the broker's logs. Any thread may read it.</summary>
internal sealed class WorkerStatus(RetryPolicy retry, TimeProvider time)
{
    private volatile Progress _progress = new(new(), new Dictionary<TopicPartition, long>(), false, null);
    private volatile string? _waiting;
    private volatile SingleFlight<Dictionary<TopicPartition, LogRange>>? _logs;

    /// <summary>When the worker last reported; null before it reads.</summary>
    public DateTimeOffset? ReportedAt => _progress.At;

    /// <summary>Whether it has all partitions: there are no other GraphBuilders, or they have nothing to do.</summary>
    public bool HasEverything => _progress.HasEverything;

    /// <summary>The partitions of the interactions that the worker has.</summary>
    public IReadOnlyCollection<int> Partitions => _progress.Status.Partitions;

    /// <summary>What the worker last reported as wrong, and what it waits for.</summary>
    public IReadOnlyList<string> Problems => _waiting is { } waiting ? [waiting, .. _progress.Status.Problems] : _progress.Status.Problems;

    /// <summary>Whether the worker waits for something that is not its own business.</summary>
    public bool IsWaiting => _waiting is not null;

    /// <summary>Says what the worker waits for before it goes on; null when it does not wait.</summary>
    public void WaitFor(string? reason) => _waiting = reason;

    /// <summary>Reports where the worker is.</summary>
    /// <param name="status">All but the lag.</param>
    /// <param name="next">The next record to read of each partition.</param>
    /// <param name="hasEverything">Whether it has all partitions.</param>
    public void Report(GraphStatus status, IReadOnlyDictionary<TopicPartition, long> next, bool hasEverything) =>
        _progress = new(status, next, hasEverything, time.GetUtcNow());

    /// <summary>Sets how to ask the broker what it holds; null while nothing is read.</summary>
    public void AskWith(Func<Dictionary<TopicPartition, LogRange>>? logs) => _logs = logs is null ? null : new(logs);

    /// <summary>The last report, with the lag as of now; the lag is -1 while the broker does not answer.</summary>
    public async Task<GraphStatus> ReadAsync(CancellationToken cancellationToken)
    {
        // The logs first, then what has been read of them: the lag may come out too great, never too small.
        var logs = await LogsAsync(cancellationToken);
        var progress = _progress;
        var status = progress.Status.Clone();
        status.Lag = logs?.Sum(l => Math.Max(0, l.Value.High - progress.Next.GetValueOrDefault(l.Key, l.Value.Low))) ?? -1;
        if (_waiting is { } waiting)
            status.Problems.Insert(0, waiting);
        if (retry.Blocked is { } blocked)
            status.Problems.Add($"Since {blocked.Since:u}: {blocked.Reason}");
        return status;
    }

    /// <summary>Where the logs that are read end now; null while the broker does not answer or nothing is read.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, long>?> EndsAsync(CancellationToken cancellationToken) =>
        (await LogsAsync(cancellationToken))?.ToDictionary(l => l.Key, l => l.Value.High);

    /// <summary>How many records before these ends are yet to be read, applied and written to Redis.</summary>
    public long LeftBefore(IReadOnlyDictionary<TopicPartition, long> ends)
    {
        var next = _progress.Next;
        // A partition that has gone to another GraphBuilder since is that one's to read.
        return ends.Sum(e => next.TryGetValue(e.Key, out var at) ? Math.Max(0, e.Value - at) : 0);
    }

    private async Task<Dictionary<TopicPartition, LogRange>?> LogsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _logs is { } logs ? await logs.RunAsync().WaitAsync(cancellationToken) : null;
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            return null;
        }
    }

    private sealed record Progress(GraphStatus Status, IReadOnlyDictionary<TopicPartition, long> Next, bool HasEverything, DateTimeOffset? At);
}

using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// Writes checkpoints of the places that this process has claimed, in the background, one round at a time, while reading goes on: after the configured
/// interval of what has new records; and twice, within seconds, after a claim or an erasure even if there are none, so that neither an earlier owner's files
/// nor the older of our own keep a user who is erased.
/// </summary>
internal sealed partial class CheckpointSchedule(
    CheckpointStore store, KafkaClients clients, GraphBuilderMetrics metrics, TimeProvider time, IOptions<GraphBuilderOptions> options,
    ILogger<CheckpointSchedule> logger)
{
    // Whoever has to be forgotten does not wait for the interval; many of them one after the other still don't keep the disk busy.
    private static readonly TimeSpan ErasureInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, Claim> _shards = [];
    private Claim? _items;
    private Round? _running;
    private long _endedAt = time.GetTimestamp();
    private TimeSpan _lastTook;
    private long _asked;
    private int _erasures;
    private int _erasuresSeen;
    private volatile int _erasuresInBoth;
    private bool _soon;

    /// <summary>When the newest checkpoint was written; null before the first of this process.</summary>
    public DateTimeOffset? WrittenAt { get; private set; }

    /// <summary>Why the last attempt failed; null if it did not.</summary>
    public string? Problem { get; private set; }

    /// <summary>This process has the partition: its checkpoints are ours to write.</summary>
    public void ClaimShard(int partition)
    {
        _shards[partition] = new(store.Shard(partition));
        // Others may wait for the first one.
        _soon = true;
    }

    /// <summary>This process writes the items' checkpoints, or no longer does.</summary>
    public void ClaimItems(bool mine) => _items = mine ? _items ?? new(store.Items()) : null;

    /// <summary>The partition has gone to somebody else: nothing more is written.</summary>
    public void LoseShard(int partition) => _shards.Remove(partition);

    /// <summary>Writes the next ones without waiting for the interval.</summary>
    public void Soon() => _soon = true;

    /// <summary>Requests by <see cref="Erased()"/> that all checkpoints of this process reflect. Any thread may ask.</summary>
    public int ErasuresInBoth => _erasuresInBoth;

    /// <summary>All checkpoints of this process have to be replaced, and soon. Any thread may say so.</summary>
    /// <returns>The number that <see cref="ErasuresInBoth"/> has to reach.</returns>
    public int Erased() => Interlocked.Increment(ref _erasures);

    /// <summary>A user has been erased: the checkpoints before have to go.</summary>
    public void Erased(int partition)
    {
        if (_shards.TryGetValue(partition, out var claim))
            claim.Owed = _running is null ? Claim.Both : Claim.Both + 1;
    }

    /// <summary>Somebody needs a checkpoint of each shard as it is now.</summary>
    /// <param name="number">Grows with each request.</param>
    public void Ask(long number) => _asked = Math.Max(_asked, number);

    /// <summary>Begins a round if one is due and none is being written. Never waits for it.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="next">Offsets that the state reflects.</param>
    /// <param name="lag">Records yet to be read of a partition.</param>
    /// <returns>The offsets of checkpoints that have been completed since the last call.</returns>
    public IReadOnlyDictionary<TopicPartition, long> Tick(GraphState state, IReadOnlyDictionary<TopicPartition, long> next, Func<TopicPartition, long> lag)
    {
        var written = _running is { Work.IsCompleted: true } ? End() : [];
        SeeErasures();
        // Ten times as long as the last round took, so that a slow disk is not busy with nothing else.
        var isOwed = Claims.Any(c => c.Owed > 0);
        var configured = isOwed && options.Value.CheckpointInterval > ErasureInterval ? ErasureInterval : options.Value.CheckpointInterval;
        var interval = TimeSpan.FromTicks(Math.Max(configured.Ticks, _lastTook.Ticks * 10));
        if (_running is null && (_soon || (Problem is null && _shards.Values.Any(c => c.Asked < _asked)) || time.GetElapsedTime(_endedAt) >= interval))
            Begin(state, next, lag, state.Shards, withItems: true);
        return written;
    }

    /// <summary>Writes the last checkpoints, of what was read since the ones before.</summary>
    /// <returns>Offsets of what has been written.</returns>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> DrainAsync(
        GraphState state, IReadOnlyDictionary<TopicPartition, long> next, Func<TopicPartition, long> lag)
    {
        var before = await EndAsync();
        Begin(state, next, lag, state.Shards, withItems: true);
        return before.Concat(await EndAsync()).GroupBy(o => o.Key).ToDictionary(o => o.Key, o => o.Last().Value);
    }

    /// <summary>Writes the last checkpoint of a shard that somebody else is about to take over, as far as that works.</summary>
    public async Task ReleaseAsync(GraphState state, UserShard shard, IReadOnlyDictionary<TopicPartition, long> next, Func<TopicPartition, long> lag)
    {
        await EndAsync();
        Begin(state, next, lag, [shard], withItems: false);
        await EndAsync();
        _shards.Remove(shard.Partition);
    }

    /// <summary>Waits until nothing is being written, whatever comes of it.</summary>
    public async Task SettleAsync()
    {
        if (_running is not null)
            await _running.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private IEnumerable<Claim> Claims => _items is null ? _shards.Values : _shards.Values.Append(_items);

    private void SeeErasures()
    {
        if (Volatile.Read(ref _erasures) is var erasures && erasures != _erasuresSeen)
        {
            _erasuresSeen = erasures;
            // One that is being written may be from before.
            foreach (var claim in Claims)
                claim.Owed = _running is null ? Claim.Both : Claim.Both + 1;
        }
        if (Claims.All(c => c.Owed == 0))
            _erasuresInBoth = _erasuresSeen;
    }

    private void Begin(
        GraphState state, IReadOnlyDictionary<TopicPartition, long> next, Func<TopicPartition, long> lag, IReadOnlyCollection<UserShard> shards, bool withItems)
    {
        var (now, due) = (time.GetUtcNow(), new List<Saving>());
        var items = new Lazy<FrozenItems>(state.FreezeItems);
        foreach (var shard in shards)
        {
            var partition = new TopicPartition(clients.Topics.Interactions, shard.Partition);
            var offsets = new Dictionary<TopicPartition, long> { [partition] = next[partition] };
            if (_shards.TryGetValue(shard.Partition, out var claim) && claim.IsDue(offsets, _asked))
                due.Add(new(claim, CheckpointContent.OfShard(shard.Freeze(), items.Value, offsets, now, _asked) with { Lag = lag(partition) }));
        }
        if (withItems && _items is not null && next.Where(n => n.Key.Topic == clients.Topics.Items).ToDictionary() is var ofItems && _items.IsDue(ofItems, 0))
            due.Add(new(_items, CheckpointContent.OfItems(items.Value, ofItems, now)));
        if (withItems)
            (_soon, _endedAt) = (false, time.GetTimestamp());
        if (due.Count > 0)
            _running = new(Task.Run(() => due.ForEach(d => d.Save())), due, time.GetTimestamp());
    }

    private async Task<Dictionary<TopicPartition, long>> EndAsync()
    {
        await SettleAsync();
        return _running is null ? [] : End();
    }

    private Dictionary<TopicPartition, long> End()
    {
        var ended = _running!;
        _running = null;
        _endedAt = time.GetTimestamp();
        _lastTook = time.GetElapsedTime(ended.StartedAt);
        if (ended.Work.Exception?.InnerException is { } error)
            throw new InvalidOperationException($"Writing a checkpoint failed: {error.Message}", error);
        Problem = ended.Due.Select(d => d.Problem).FirstOrDefault(p => p is not null);
        if (Problem is not null)
            LogFailed(Problem);
        var written = ended.Due.Where(d => d.Problem is null).ToArray();
        if (written.Length == 0)
            return [];
        var bytes = written.Sum(w => w.Bytes);
        metrics.CheckpointWritten(_lastTook, bytes);
        LogWritten(written.Length, bytes, _lastTook.TotalSeconds);
        WrittenAt = time.GetUtcNow();
        foreach (var save in written)
            save.Claim.Written(save.Content);
        return written.SelectMany(w => w.Content.Offsets).ToDictionary();
    }

    [LoggerMessage(2025, LogLevel.Debug, "Wrote {Count} checkpoints: {Bytes} bytes that had changed, in {Seconds} s")]
    private partial void LogWritten(int count, long bytes, double seconds);

    [LoggerMessage(2004, LogLevel.Error, "{Problem} The one before stands; trying again. A restart would read again all that came since")]
    private partial void LogFailed(string problem);

    /// <summary>A round being written.</summary>
    /// <param name="Work">Ends with it.</param>
    /// <param name="Due">What is written.</param>
    /// <param name="StartedAt">Timestamp of its begin.</param>
    private sealed record Round(Task Work, IReadOnlyList<Saving> Due, long StartedAt);

    /// <summary>A checkpoint being written.</summary>
    private sealed class Saving(Claim claim, CheckpointContent content)
    {
        public Claim Claim => claim;

        public CheckpointContent Content => content;

        public long Bytes { get; private set; }

        /// <summary>Why it could not be written; null if it could.</summary>
        public string? Problem { get; private set; }

        public void Save()
        {
            try
            {
                Bytes = claim.Place.Save(content);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                var what = string.Join(", ", content.Offsets.Keys.Select(p => $"{p.Topic}[{p.Partition.Value}]"));
                Problem = $"The checkpoint of {what} could not be written: {e.Message}";
            }
        }
    }

    /// <summary>A place that this process writes to.</summary>
    private sealed class Claim
    {
        /// <summary>Checkpoints until none is older than now.</summary>
        public const int Both = 2;

        private long _progress = -1;

        public Claim(CheckpointPlace place) => (Place = place).Claim();

        public CheckpointPlace Place { get; }

        /// <summary>Checkpoints to be written even if nothing is new.</summary>
        public int Owed { get; set; } = Both;

        /// <summary>The newest request that has been served.</summary>
        public long Asked { get; private set; }

        public bool IsDue(Dictionary<TopicPartition, long> offsets, long asked) => Owed > 0 || asked > Asked || offsets.Values.Sum() != _progress;

        public void Written(CheckpointContent content)
        {
            Owed = Math.Max(0, Owed - 1);
            (Asked, _progress) = (content.Asked, content.Offsets.Values.Sum());
        }
    }
}

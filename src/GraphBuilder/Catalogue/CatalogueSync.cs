using System.Diagnostics;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.GraphBuilder.Catalogue;

/// <summary>
/// Keeps in Redis what a Server needs to know of items between two trainings: categories and attributes; for new items their nearest among those that the
/// served generation knows, and their features if that one has an encoder for them; and what is trending. It works in the background, once a second, from a
/// picture of the items; what it needs is global, so the holder of the lease does it alone. Whatever Redis turns out to hold, the difference is written: that
/// is how it starts, and how a loss is repaired.
/// </summary>
internal sealed partial class CatalogueSync(
    CatalogueStore store, KnownItems known, RedisLease lease, RedisConnection redis, TimeProvider time, IOptions<GraphBuilderOptions> options,
    ILogger<CatalogueSync> logger)
{
    /// <summary>Neighbours of a new item.</summary>
    public const int Neighbors = 20;

    private const int AuditedTogether = 256;

    // Of a transaction, beyond which it takes no more: entries with features may have many.
    private const long BytesTogether = 4 << 20;
    private const long BacklogRecords = 10_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    // Of each second at most so much goes into looking for neighbours; what is left waits for the next.
    private static readonly TimeSpan NeighborTime = TimeSpan.FromMilliseconds(200);

    private readonly CatalogueTable _table = new(options.Value.NewItemFeatureBytes);
    private Task _running = Task.CompletedTask;
    private long _startedAt = time.GetTimestamp() - time.TimestampFrequency * (long)MaxDelay.TotalSeconds;
    private bool _inStep;
    private CatalogueHead? _head;
    private bool _loadedComplete;
    private int _nextAudited;
    private int _knownVersion;
    private FeatureNeighbors? _finder;
    private byte[] _trending = [];
    private long _trendingVersion = -1;
    private string? _problem;

    /// <summary>Begins to bring Redis up to date if it is time and nothing is being written. Never waits for it. On the thread that owns the state.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="partitions">Partitions of the interactions topic.</param>
    /// <param name="lag">Records that are in the log and not read yet.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <remarks>Throws what the work that has ended failed with, unless it may succeed later.</remarks>
    public void Tick(GraphState state, int partitions, long lag, CancellationToken cancellationToken)
    {
        if (_running.Exception?.InnerException is { } error)
            throw new InvalidOperationException($"Writing the live catalogue failed: {error.Message}", error);
        // What is written with a backlog to go is of yesterday anyway.
        if (!_running.IsCompleted || time.GetElapsedTime(_startedAt) < (lag > BacklogRecords ? MaxDelay : Interval))
            return;
        _startedAt = time.GetTimestamp();
        var picture = state.PictureItems(partitions);
        _running = Task.Run(() => RunSafelyAsync(picture, isComplete: !state.ItemsAreBehind, cancellationToken), CancellationToken.None);
    }

    /// <summary>Waits until nothing is being written, whatever comes of it.</summary>
    public async Task SettleAsync() => await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Brings Redis up to date.</summary>
    /// <param name="picture">The items.</param>
    /// <param name="isComplete">Whether the items are not behind: otherwise Redis may rightly know of items that the state does not know yet.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal async Task RunAsync(ItemsPicture picture, bool isComplete, CancellationToken cancellationToken)
    {
        if (_inStep && await FindLossAsync(picture, cancellationToken) is { } loss)
        {
            LogLoss(loss);
            _inStep = false;
        }
        // Now it is certain which entries belong to no item.
        if (isComplete && !_loadedComplete)
            _inStep = false;
        var isHeadWrong = !_inStep && await LoadAsync(picture, isComplete, cancellationToken);
        // Until all of it is written again, nobody knows.
        _inStep = false;
        await FollowGenerationAsync(picture, cancellationToken);
        _table.Consider(picture);
        FindNeighbors(picture, cancellationToken);
        await WriteAsync(picture, isHeadWrong, cancellationToken);
        await WriteTrendingAsync(picture, cancellationToken);
        _inStep = true;
    }

    private async Task RunSafelyAsync(ItemsPicture picture, bool isComplete, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(picture, isComplete, cancellationToken);
            _problem = null;
        }
        catch (Exception e) when (RetryPolicy.IsTransient(e) || e is ContractException)
        {
            if (_problem != e.Message)
                LogNotWritten(e.Message);
            _problem = e.Message;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The next process goes on.
        }
    }

    /// <summary>Counts, the head, and the entries of the next few items: what a Redis that has lost some of it no longer has.</summary>
    private async Task<string?> FindLossAsync(ItemsPicture picture, CancellationToken cancellationToken)
    {
        var head = await store.ReadHeadAsync(cancellationToken);
        if (!Equals(head, _head))
            return "Another head of the live catalogue is in Redis than was written";
        if (await store.CountAsync(cancellationToken) is var count && count != _table.Count)
            return $"Redis has {count} entries of the live catalogue instead of {_table.Count}";
        if (_trending.Length > 0 && await redis.Database.StringLengthAsync(redis.Keys.Trending).WaitAsync(cancellationToken) != _trending.Length)
            return "Redis has lost the list of trending items";
        var audited = Enumerable.Range(0, Math.Min(AuditedTogether, picture.Items.Count)).Select(n => (_nextAudited + n) % picture.Items.Count).ToArray();
        _nextAudited = audited.Length == 0 ? 0 : (audited[^1] + 1) % picture.Items.Count;
        var found = await store.ReadAsync([.. audited.Select(i => CatalogueTable.Id(picture, i))], cancellationToken);
        for (var n = 0; n < audited.Length; n++)
            if ((found[n].Entry is { } entry ? CatalogueChecksum.Of(found[n].ItemId, entry) : 0) != _table.Stored(picture, audited[n]))
                return $"The entry of item \"{found[n].ItemId}\" in Redis is not what was written";
        return null;
    }

    /// <returns>Whether the head does not say what is there.</returns>
    private async Task<bool> LoadAsync(ItemsPicture picture, bool isComplete, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, ulong>(StringComparer.Ordinal);
        await foreach (var (id, entry) in store.ReadAllAsync(cancellationToken))
            found[id] = CatalogueChecksum.Of(id, entry);
        _head = await ReadHeadAsync(cancellationToken);
        _table.Load(picture, found, isComplete);
        (_trendingVersion, _loadedComplete) = (-1, isComplete);
        return _head is null || _head.Items != _table.Count || _head.Checksum != _table.Checksum;
    }

    private async Task<CatalogueHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadHeadAsync(cancellationToken);
        }
        catch (ContractException)
        {
            // Damaged, or of another release: it is written anew.
            return null;
        }
    }

    private async Task FollowGenerationAsync(ItemsPicture picture, CancellationToken cancellationToken)
    {
        try
        {
            await known.FollowAsync(cancellationToken);
        }
        catch (ContractException e)
        {
            // The items known before stay so; the Server refuses that generation as well, and says so.
            LogNotFollowed(e.Message);
        }
        var isOther = known.Version != _knownVersion || _finder?.Fits(picture) == false;
        _knownVersion = known.Version;
        if (!isOther)
            return;
        _finder = null;
        _table.Follow(picture, known);
    }

    private void FindNeighbors(ItemsPicture picture, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!known.IsEmpty && _table.HasPending && Stopwatch.GetElapsedTime(start) < NeighborTime)
        {
            var items = _table.TakePending(picture, known, FeatureNeighbors.Together);
            if (items.Length == 0)
                return;
            _finder ??= new(picture, KnownWithFeatures(picture), cancellationToken);
            var found = _finder.Find(Array.ConvertAll(items, i => picture.Items[i]), Neighbors, cancellationToken);
            for (var n = 0; n < items.Length; n++)
                _table.SetNeighbors(items[n], found[n]);
        }
    }

    private int[] KnownWithFeatures(ItemsPicture picture) =>
        [.. Enumerable.Range(0, picture.Items.Count).Where(i => picture.Items[i].Features.Length > 0 && known.Contains(picture.Ids[i]))];

    private async Task WriteAsync(ItemsPicture picture, bool isHeadWrong, CancellationToken cancellationToken)
    {
        var (hadRoom, changes) = (!_table.HasNoRoom, _table.Changes(picture, known));
        if (hadRoom && _table.HasNoRoom)
            LogNoRoom(options.Value.NewItemFeatureBytes);
        if (changes.Count == 0 && !isHeadWrong)
            return;
        foreach (var window in Windows(changes))
        {
            var after = _table.After(window);
            var head = new CatalogueHead
            {
                Version = CatalogueCodec.Version,
                // Greater than any before, also where Redis has lost the last head.
                Sequence = Math.Max((_head?.Sequence ?? 0) + 1, time.GetUtcNow().ToUnixTimeMilliseconds()),
                Items = after.Count,
                Checksum = after.Checksum,
            };
            await store.WriteAsync([.. window.Select(c => c.Change)], head, lease.Token, cancellationToken);
            _table.Written(window, after);
            _head = head;
        }
    }

    /// <summary>The changes, as many at a time as a transaction takes; one window without any if there are none, for the head alone.</summary>
    private static IEnumerable<List<(int Item, CatalogueChange Change)>> Windows(List<(int Item, CatalogueChange Change)> changes)
    {
        var (window, bytes) = (new List<(int, CatalogueChange)>(), 0L);
        foreach (var change in changes)
        {
            window.Add(change);
            bytes += change.Change.Entry?.Length ?? 0;
            if (window.Count < CatalogueStore.ChangesTogether && bytes < BytesTogether)
                continue;
            yield return window;
            (window, bytes) = ([], 0);
        }
        if (window.Count > 0 || changes.Count == 0)
            yield return window;
    }

    private async Task WriteTrendingAsync(ItemsPicture picture, CancellationToken cancellationToken)
    {
        if (picture.Version == _trendingVersion)
            return;
        var trending = TrendingList.Of(picture, options.Value.PopularItems).ToByteArray();
        await redis.Database.StringSetAsync(redis.Keys.Trending, trending).WaitAsync(cancellationToken);
        (_trending, _trendingVersion) = (trending, picture.Version);
    }

    [LoggerMessage(2051, LogLevel.Warning, "{Loss}: comparing all of it with the state, and writing what differs")]
    private partial void LogLoss(string loss);

    [LoggerMessage(
        2054, LogLevel.Warning,
        "GraphBuilder:NewItemFeatureBytes is {Bytes}: no room is left for more new items' features; they have interim vectors until a generation knows them")]
    private partial void LogNoRoom(long bytes);

    [LoggerMessage(2053, LogLevel.Debug, "Could not see which items the generation knows: {Reason}")]
    private partial void LogNotFollowed(string reason);

    [LoggerMessage(2052, LogLevel.Warning, "Could not write the live catalogue, trying again in a second: {Reason}")]
    private partial void LogNotWritten(string reason);
}

using System.Globalization;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Snapshots;

/// <summary>
/// Which snapshots there are. A number is noted before anything is written under it and forgotten after everything of it has been given a time to live, so
/// whatever is cut short is found again.
/// </summary>
/// <param name="redis">Where it is.</param>
internal sealed class SnapshotIndex(RedisConnection redis)
{
    private const double Unpublished = 0;

    /// <summary>All that are noted, by number.</summary>
    public async Task<IReadOnlyList<Entry>> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = await redis.Database.SortedSetRangeByRankWithScoresAsync(redis.Keys.Snapshots).WaitAsync(cancellationToken);
        return [.. entries
            .Select(e => new Entry((long)e.Element, e.Score == Unpublished ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)e.Score)))
            .OrderBy(e => e.Number)];
    }

    /// <summary>Notes a number under which something is about to be written.</summary>
    public Task BeginAsync(long number, CancellationToken cancellationToken) =>
        redis.Database.SortedSetAddAsync(redis.Keys.Snapshots, number, Unpublished).WaitAsync(cancellationToken);

    /// <summary>Notes a number as one to retire, unless it is noted already.</summary>
    public Task AgainAsync(long number, CancellationToken cancellationToken) =>
        redis.Database.SortedSetAddAsync(redis.Keys.Snapshots, number, Unpublished, SortedSetWhen.NotExists).WaitAsync(cancellationToken);

    /// <summary>Notes that a snapshot is, or was, the current one.</summary>
    public Task PublishedAsync(SnapshotInfo info, CancellationToken cancellationToken) =>
        redis.Database.SortedSetAddAsync(redis.Keys.Snapshots, info.Number, info.PublishedAt.ToDateTimeOffset().ToUnixTimeMilliseconds()).WaitAsync(cancellationToken);

    /// <summary>Forgets a number.</summary>
    public Task ForgetAsync(long number, CancellationToken cancellationToken) =>
        redis.Database.SortedSetRemoveAsync(redis.Keys.Snapshots, number).WaitAsync(cancellationToken);

    /// <summary>The number that the pointer names; null before the first.</summary>
    public async Task<long?> CurrentAsync(CancellationToken cancellationToken) =>
        (long?)await redis.Database.StringGetAsync(redis.Keys.CurrentSnapshot).WaitAsync(cancellationToken);

    /// <summary>A snapshot's manifest; null if there is none.</summary>
    /// <exception cref="ContractException">It can't be read.</exception>
    public async Task<SnapshotManifest?> ManifestAsync(long number, CancellationToken cancellationToken)
    {
        byte[]? bytes = await redis.Database.StringGetAsync(redis.Keys.SnapshotManifest(number)).WaitAsync(cancellationToken);
        return bytes is null ? null : SnapshotManifestCodec.Read(number, bytes);
    }

    /// <summary>The numbers of all manifests that there are, also of snapshots that are no longer kept and about to expire; ascending.</summary>
    public async Task<IReadOnlyList<long>> StoredAsync(CancellationToken cancellationToken)
    {
        var name = redis.Keys.SnapshotManifest(0);
        var at = name.IndexOf('0', redis.Keys.Prefix.Length);
        var (prefix, suffix) = (name[..at], name[(at + 1)..]);
        var numbers = new SortedSet<long>();
        await foreach (var key in RedisKeyScan.KeysAsync(redis, prefix, cancellationToken))
            if (key.EndsWith(suffix, StringComparison.Ordinal)
                && long.TryParse(key.AsSpan(prefix.Length..^suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                numbers.Add(number);
        return [.. numbers];
    }

    /// <param name="Number">The snapshot's number.</param>
    /// <param name="PublishedAt">When it became current; null if it has not yet, or never will.</param>
    public sealed record Entry(long Number, DateTimeOffset? PublishedAt);
}

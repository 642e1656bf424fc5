using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Snapshots;

/// <summary>
/// Writes snapshots to Redis. Content is cut into chunks that are addressed by their SHA-256, so what has not changed since an earlier snapshot is not
/// sent again. A snapshot is written under a new number and read back; only then one key is set and makes it current. It may be killed anywhere: what it
/// leaves behind expires, or the next publication retires it.
/// </summary>
public sealed class SnapshotPublisher : IDisposable
{
    /// <summary>How long a snapshot that is not the current one is kept, unless configured.</summary>
    public static readonly TimeSpan DefaultMaxAge = TimeSpan.FromDays(7);

    private readonly RedisConnection _redis;
    private readonly RedisLease? _lease;
    private readonly TimeProvider _time;
    private readonly SnapshotIndex _index;
    private readonly SnapshotChunks _chunks;
    private readonly SnapshotRetirement _retirement;

    // When the current snapshot was last cut: content that it has already is not written again.
    private volatile Cut? _lastCut;

    // Retiring must not take a snapshot that is being written for one whose publication was cut short.
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>A publisher. There must be one at a time: without a lease, the caller sees to it.</summary>
    /// <param name="redis">Where to.</param>
    /// <param name="keep">Snapshots kept, the current one included; at least 1.</param>
    /// <param name="maxAge">Snapshots published longer ago are not kept, the current one excepted; null: <see cref="DefaultMaxAge"/>.</param>
    /// <param name="lease">Must be held to publish; its guarded keys include <see cref="RedisKeys.CurrentSnapshot"/>. Null: nobody uses one.</param>
    /// <param name="time">The clock; null: the system's.</param>
    public SnapshotPublisher(RedisConnection redis, int keep, TimeSpan? maxAge = null, RedisLease? lease = null, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        (_redis, _lease, _time) = (redis, lease, time ?? TimeProvider.System);
        (_index, _chunks) = (new(redis), new(redis));
        _retirement = new(redis, keep, maxAge ?? DefaultMaxAge, _time);
    }

    private long Token => _lease?.Token ?? Fence.NoToken;

    /// <summary>The current snapshot, or null before the first.</summary>
    /// <exception cref="ContractException">Its manifest can't be read.</exception>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task<SnapshotInfo?> CurrentAsync(CancellationToken cancellationToken) => (await CurrentManifestAsync(cancellationToken))?.Info;

    /// <summary>The current snapshot if it has this content and nothing of it is missing, else null; so, too, if its manifest can't be read.</summary>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task<SnapshotInfo?> CurrentAsync(string hash, CancellationToken cancellationToken)
    {
        try
        {
            return await CurrentManifestAsync(cancellationToken) is { } manifest && manifest.Info.Hash == hash
                && await _chunks.AreWholeAsync(SnapshotManifestCodec.ChunksOf(manifest), cancellationToken)
                ? manifest.Info
                : null;
        }
        catch (ContractException)
        {
            // Damaged, or of another release: the next one takes its place.
            return null;
        }
    }

    /// <summary>
    /// The newest time of which the current snapshot is known to show the state: that at which it was cut, or a later one at which this publisher was given the
    /// same content again. Null before the first.
    /// </summary>
    /// <inheritdoc cref="CurrentAsync(CancellationToken)" path="/exception"/>
    public async Task<DateTimeOffset?> CurrentAsOfAsync(CancellationToken cancellationToken)
    {
        var current = await CurrentAsync(cancellationToken);
        var cutAt = current?.CutAt?.ToDateTimeOffset();
        return _lastCut is { } last && last.Number == current?.Number && last.At > cutAt ? last.At : cutAt;
    }

    /// <summary>Publishes, unless the current snapshot has the same content and is whole; and retires what is no longer kept.</summary>
    /// <returns>The info of what is current now.</returns>
    /// <exception cref="ContractException">What was read back is not what was written.</exception>
    /// <exception cref="LeaseLostException">Another process holds the lease now. What was current stays so.</exception>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    /// <param name="snapshot">What to publish.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="progress">Asked once; told of chunks that Redis has.</param>
    public async Task<SnapshotInfo> PublishAsync(GraphSnapshot snapshot, CancellationToken cancellationToken, ProgressOf? progress = null)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var token = Token;
            var info = await CurrentAsync(snapshot.Info.Hash, cancellationToken) ?? await WriteAsync(snapshot, token, progress, cancellationToken);
            if (snapshot.Info.CutAt is { } at)
                _lastCut = new(info.Number, at.ToDateTimeOffset());
            try
            {
                await _retirement.RunAsync(token, cancellationToken);
            }
            catch (Exception e) when (e is RedisException or TimeoutException or ContractException or LeaseLostException)
            {
                // The snapshot is current all the same. What is left to retire is noted in the index, and the next call, here or in the process that has the lease by now, goes on with it.
            }
            return info;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Retires what is no longer kept, by number or age, and what a killed publisher left. <see cref="PublishAsync"/> does it as well; call it from time to
    /// time where publications are rare.
    /// </summary>
    /// <exception cref="ContractException">The manifest of a snapshot to keep can't be read; nothing is retired.</exception>
    /// <exception cref="LeaseLostException">Another process holds the lease now.</exception>
    /// <exception cref="RedisException">Redis can't be reached; the next call goes on.</exception>
    /// <exception cref="TimeoutException">Redis does not answer; the next call goes on.</exception>
    public async Task RetireAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await _retirement.RunAsync(Token, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Removes at once every snapshot but the current one whose state was taken before <paramref name="cutBefore"/>, and all that no kept snapshot needs.
    /// Whoever is reading one of them reads its successor instead.
    /// </summary>
    /// <returns>How many snapshots.</returns>
    /// <inheritdoc cref="RetireAsync" path="/exception"/>
    public async Task<int> PurgeAsync(DateTimeOffset cutBefore, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await _retirement.PurgeAsync(cutBefore, Token, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<SnapshotInfo> WriteAsync(GraphSnapshot snapshot, long token, ProgressOf? progress, CancellationToken cancellationToken)
    {
        var info = snapshot.Info.Clone();
        info.Number = await _redis.Database.StringIncrementAsync(_redis.Keys.SnapshotCounter).WaitAsync(cancellationToken);
        info.PublishedAt = Timestamp.FromDateTimeOffset(_time.GetUtcNow());
        var manifest = SnapshotManifestCodec.Begin(snapshot, info);

        // 1. The number is noted, so that whatever follows is found even if this process ends here.
        await _index.BeginAsync(info.Number, cancellationToken);
        // 2. The chunks that Redis lacks, with a time to live.
        var sections = SnapshotSection.Of(snapshot);
        var (written, before) = (progress?.Invoke($"Writing snapshot {info.Number}", "chunks", sections.Sum(section => section.Chunks.Count())), 0L);
        foreach (var section in sections)
        {
            var described = await _chunks.WriteAsync(section, cancellationToken, written, before);
            manifest.Sections.Add(described);
            before += described.Chunks.Count;
        }
        // 3. The manifest, without one: from here on the chunks can be named, so they may become permanent.
        RequireLease(info.Number);
        await WriteManifestAsync(manifest, cancellationToken);
        // 4. The chunks become permanent.
        var missing = await _chunks.KeepAsync(SnapshotManifestCodec.ChunksOf(manifest), cancellationToken);
        if (missing.Count > 0)
            throw new ContractException(
                $"{missing.Count} chunks of snapshot {info.Number}, such as {_redis.Keys.Chunk(missing[0])}, vanished while it was being published: is Redis out of memory and evicting keys?");
        // 5. The flip, unless another process has the lease now.
        if (!await Fence.SetAsync(_redis, _redis.Keys.CurrentSnapshot, info.Number, token, cancellationToken))
        {
            // That process may have retired this number while chunks were still becoming permanent; it must do so again.
            await WriteManifestAsync(manifest, cancellationToken);
            await _index.BeginAsync(info.Number, cancellationToken);
            throw Lost(info.Number);
        }
        // 6. The number is noted as published.
        await _index.PublishedAsync(info, cancellationToken);
        return info;
    }

    private async Task WriteManifestAsync(SnapshotManifest manifest, CancellationToken cancellationToken)
    {
        var number = manifest.Info.Number;
        await _redis.Database.StringSetAsync(_redis.Keys.SnapshotManifest(number), manifest.ToByteArray()).WaitAsync(cancellationToken);
        if (!manifest.Equals(await _index.ManifestAsync(number, cancellationToken)))
            throw new ContractException($"The manifest of snapshot {number} is not what was written. Is Redis out of memory and evicting keys?");
    }

    private void RequireLease(long number)
    {
        if (_lease is { IsHeld: false })
            throw Lost(number);
    }

    private LeaseLostException Lost(long number) =>
        new($"Snapshot {number} was not published: another process holds the lease \"{_lease?.Name ?? "of the snapshots"}\" now. The one before stays current.");

    private async Task<SnapshotManifest?> CurrentManifestAsync(CancellationToken cancellationToken) =>
        await _index.CurrentAsync(cancellationToken) is { } number ? await _index.ManifestAsync(number, cancellationToken) : null;

    private sealed record Cut(long Number, DateTimeOffset At);
}

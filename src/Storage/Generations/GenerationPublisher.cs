using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>
/// Writes a generation to Redis under a new number, verifies it, and only then makes it current with one flip. Everything is read back but the users' vectors,
/// which are a key each: every write of them is acknowledged, and a sample is read back.
/// </summary>
/// <param name="redis">Where to.</param>
/// <param name="keep">Generations kept, the current one included.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets what went wrong without failing the publication.</param>
/// <param name="lease">Must be held to publish; its guarded keys include <see cref="RedisKeys.CurrentGeneration"/>. Null: nobody uses one.</param>
/// <param name="precision">How to store the users' vectors.</param>
public sealed partial class GenerationPublisher(
    RedisConnection redis, int keep, TimeProvider time, ILogger<GenerationPublisher> logger, RedisLease? lease = null,
    VectorPrecision precision = VectorPrecision.Half)
{
    // What is written but never made current (a kill, a failed check) expires by itself; the users, which do not, are UnfinishedGenerations' to remove.
    private static readonly TimeSpan Unpublished = TimeSpan.FromHours(1);

    // Time for readers to finish with a generation that is no longer kept.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private readonly LiveCatalogue _live = new(redis);
    private readonly UserVectors _vectors = new(redis);
    private readonly UnfinishedGenerations _unfinished = new(redis, time);

    private RedisKeys Keys => redis.Keys;

    /// <summary>
    /// Publishes a generation, without the users that were erased since its snapshot was cut. Those erased meanwhile the GraphBuilder takes out.
    /// </summary>
    /// <param name="generation">What to publish.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="progress">Asked once; told of users whose vectors are written.</param>
    /// <returns>The generation's number.</returns>
    /// <exception cref="ContractException">
    /// What was read back is not what was written; or a user's vector or an encoder can't be served, and nothing was written.
    /// </exception>
    /// <exception cref="LeaseLostException">Another process holds the lease now. What was current stays so.</exception>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    public async Task<long> PublishAsync(ModelGeneration generation, CancellationToken cancellationToken, ProgressOf? progress = null)
    {
        var token = lease?.Token ?? Fence.NoToken;
        var database = redis.Database;
        UserVectors.Check(generation);
        generation = await WithoutErasedAsync(generation, cancellationToken);
        await TryAsync(() => _unfinished.SweepAsync(cancellationToken), LogNotSwept);
        var manifest = GenerationCodec.Describe(generation);
        manifest.Number = await database.StringIncrementAsync(Keys.GenerationCounter).WaitAsync(cancellationToken);
        manifest.PublishedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow());

        await WriteAsync(
            GenerationCodec.ItemChunks(generation), manifest.ItemChunks, chunk => Keys.GenerationItems(manifest.Number, chunk), cancellationToken);
        if (generation.UserEncoder is { } users)
            await WriteAsync(
                UserEncoderCodec.Chunks(users), manifest.UserEncoder.Chunks, chunk => Keys.GenerationEncoder(manifest.Number, chunk), cancellationToken);
        if (generation.ItemEncoder is { } items)
            await WriteAsync(
                ItemEncoderCodec.Chunks(items), manifest.ItemEncoder.Chunks, chunk => Keys.GenerationItemEncoder(manifest.Number, chunk), cancellationToken);
        await WriteUsersAsync(
            manifest, generation, progress?.Invoke($"Writing generation {manifest.Number}", "users", generation.UserIds.Length), cancellationToken);
        await database.StringSetAsync(Keys.GenerationManifest(manifest.Number), manifest.ToByteArray(), Unpublished).WaitAsync(cancellationToken);

        await VerifyAsync(manifest.Number, cancellationToken);
        await _vectors.VerifyAsync(manifest, generation, cancellationToken);
        foreach (var key in ExpiringKeysOf(manifest))
            if (!await database.KeyPersistAsync(key).WaitAsync(cancellationToken))
                throw new ContractException($"Redis no longer has {key} of generation {manifest.Number}, which was just written; does it evict keys (maxmemory-policy)?");
        if (!await Fence.SetAsync(redis, Keys.CurrentGeneration, manifest.Number, token, cancellationToken))
        {
            foreach (var key in ExpiringKeysOf(manifest))
                await database.KeyExpireAsync(key, Unpublished).WaitAsync(cancellationToken);
            await _unfinished.RemoveAsync(manifest.Number, cancellationToken);
            throw new LeaseLostException(
                $"Generation {manifest.Number} was not published: another process holds the lease \"{lease?.Name ?? "of the generations"}\" now. The one before stays current.");
        }
        // The generation is published; should this fail, the next publication will clean up.
        await TryAsync(() => _unfinished.FinishAsync(manifest.Number, cancellationToken), reason => LogNotExpired(manifest.Number, reason));
        await TryAsync(() => ExpireOldAsync(manifest.Number, cancellationToken), reason => LogNotExpired(manifest.Number, reason));
        return manifest.Number;
    }

    private static async Task TryAsync(Func<Task> act, Action<string> log)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ContractException)
        {
            log(e.Message);
        }
    }

    private async Task WriteAsync(
        IEnumerable<(ChunkInfo Info, byte[] Bytes)> chunks, RepeatedField<ChunkInfo> written, Func<int, string> key, CancellationToken cancellationToken)
    {
        foreach (var (info, bytes) in chunks)
        {
            await redis.Database.StringSetAsync(key(written.Count), bytes, Unpublished).WaitAsync(cancellationToken);
            written.Add(info);
        }
    }

    // The ids of a chunk before its users' vectors, and a note of it all before either: so nothing is there that could not be found.
    private async Task WriteUsersAsync(
        GenerationManifest manifest, ModelGeneration generation, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var start = 0;
        foreach (var (info, bytes) in GenerationCodec.UserChunks(generation))
        {
            await _unfinished.NoteAsync(manifest.Number, cancellationToken);
            await redis.Database.StringSetAsync(Keys.GenerationUsers(manifest.Number, manifest.UserChunks.Count), bytes).WaitAsync(cancellationToken);
            await _vectors.WriteAsync(manifest, generation, start..(start + info.Rows), precision, cancellationToken);
            manifest.UserChunks.Add(info);
            start += info.Rows;
            progress?.Report(start);
        }
    }

    private async Task<ModelGeneration> WithoutErasedAsync(ModelGeneration generation, CancellationToken cancellationToken)
    {
        var erased = await _live.ReadErasedUsersAsync(generation.Snapshot.CutAt?.ToDateTimeOffset().ToUnixTimeMilliseconds() ?? 0, cancellationToken);
        if (erased.Count == 0)
            return generation;
        bool IsKept(int user) => !erased.Contains(RedisKeys.UserHash(StableHash.Of(generation.UserIds[user])));
        var kept = Enumerable.Range(0, generation.UserIds.Length).Where(IsKept).ToArray();
        if (kept.Length == generation.UserIds.Length)
            return generation;
        var vectors = new float[kept.Length * generation.Dimension];
        for (var u = 0; u < kept.Length; u++)
            generation.UserVectors.AsSpan(kept[u] * generation.Dimension, generation.Dimension).CopyTo(vectors.AsSpan(u * generation.Dimension));
        return generation with { UserIds = Array.ConvertAll(kept, u => generation.UserIds[u]), UserVectors = vectors };
    }

    private async Task VerifyAsync(long number, CancellationToken cancellationToken)
    {
        var manifest = await ReadManifestAsync(number, cancellationToken) ?? throw new ContractException($"The manifest of generation {number} vanished right after it was written; does Redis evict keys (maxmemory-policy)?");
        for (var chunk = 0; chunk < manifest.ItemChunks.Count; chunk++)
        {
            GenerationCodec.ReadItems(manifest, chunk, await redis.Database.StringGetAsync(Keys.GenerationItems(number, chunk)).WaitAsync(cancellationToken));
        }
        for (var chunk = 0; chunk < manifest.UserChunks.Count; chunk++)
        {
            GenerationCodec.ReadUsers(manifest, chunk, await redis.Database.StringGetAsync(Keys.GenerationUsers(number, chunk)).WaitAsync(cancellationToken));
        }
        for (var chunk = 0; chunk < manifest.UserEncoder?.Chunks.Count; chunk++)
        {
            var bytes = await redis.Database.StringGetAsync(Keys.GenerationEncoder(number, chunk)).WaitAsync(cancellationToken);
            UserEncoderCodec.ReadChunk(manifest, chunk, bytes);
        }
        for (var chunk = 0; chunk < manifest.ItemEncoder?.Chunks.Count; chunk++)
        {
            var bytes = await redis.Database.StringGetAsync(Keys.GenerationItemEncoder(number, chunk)).WaitAsync(cancellationToken);
            ItemEncoderCodec.ReadChunk(manifest, chunk, bytes);
        }
    }

    /// <summary>Counts back from the newest generation to the oldest to keep, and lets older ones expire.</summary>
    private async Task ExpireOldAsync(long current, CancellationToken cancellationToken)
    {
        var kept = 1;
        // A missing number was never published; this many in a row mean that nothing older is left.
        for (long number = current - 1, missing = 0; number > 0 && missing < 2 * keep; number--)
        {
            GenerationManifest? manifest;
            try
            {
                manifest = await ReadManifestAsync(number, cancellationToken);
            }
            catch (ContractException e)
            {
                LogUnreadable(number, e.Message);
                continue;
            }
            if (manifest is null)
            {
                missing++;
                continue;
            }
            missing = 0;
            // What expires takes no place: it is old, or was never published.
            if (await redis.Database.KeyTimeToLiveAsync(Keys.GenerationManifest(number)).WaitAsync(cancellationToken) is not null || kept++ < keep)
                continue;
            // Looked up at the last moment, so that one which has just been pinned, or put into an experiment, stays.
            if (!(await PinnedGenerations.ReadAsync(redis, cancellationToken)).Contains(number))
                await TryAsync(() => ExpireAsync(manifest, cancellationToken), reason => LogUnreadable(number, reason));
        }
    }

    // The manifest at the end: what is cut short before, the next publication does again. Items first: GenerationRegistry sees by them that it has begun.
    private async Task ExpireAsync(GenerationManifest manifest, CancellationToken cancellationToken)
    {
        for (var chunk = 0; chunk < manifest.ItemChunks.Count; chunk++)
            await redis.Database.KeyExpireAsync(Keys.GenerationItems(manifest.Number, chunk), Grace).WaitAsync(cancellationToken);
        foreach (var key in EncoderKeysOf(manifest))
            await redis.Database.KeyExpireAsync(key, Grace).WaitAsync(cancellationToken);
        for (var chunk = 0; chunk < manifest.UserChunks.Count; chunk++)
        {
            var key = Keys.GenerationUsers(manifest.Number, chunk);
            var users = GenerationCodec.ReadUsers(manifest, chunk, await redis.Database.StringGetAsync(key).WaitAsync(cancellationToken));
            await _vectors.ExpireAsync(manifest.Number, users.UserIds, Grace, cancellationToken);
        }
        var ids = Enumerable.Range(0, manifest.UserChunks.Count).Select(c => Keys.GenerationUsers(manifest.Number, c));
        foreach (var key in ids.Append(Keys.GenerationManifest(manifest.Number)))
            await redis.Database.KeyExpireAsync(key, Grace).WaitAsync(cancellationToken);
        // What an erasure has put elsewhere meanwhile.
        if (await ReadManifestAsync(manifest.Number, cancellationToken) is { } now && !now.Equals(manifest))
            await ExpireAsync(now, cancellationToken);
    }

    private async Task<GenerationManifest?> ReadManifestAsync(long number, CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(Keys.GenerationManifest(number)).WaitAsync(cancellationToken) is { IsNull: false } bytes ? GenerationCodec.ReadManifest(bytes!) : null;

    // What expires unless it is published.
    private IEnumerable<string> ExpiringKeysOf(GenerationManifest manifest) =>
        Enumerable.Range(0, manifest.ItemChunks.Count).Select(c => Keys.GenerationItems(manifest.Number, c))
            .Concat(EncoderKeysOf(manifest)).Append(Keys.GenerationManifest(manifest.Number));

    private IEnumerable<string> EncoderKeysOf(GenerationManifest manifest) =>
        Enumerable.Range(0, manifest.UserEncoder?.Chunks.Count ?? 0).Select(c => Keys.GenerationEncoder(manifest.Number, c))
            .Concat(Enumerable.Range(0, manifest.ItemEncoder?.Chunks.Count ?? 0).Select(c => Keys.GenerationItemEncoder(manifest.Number, c)));

    [LoggerMessage(3301, LogLevel.Warning, "Generation {Generation} can't be read and is left alone: {Reason}")]
    private partial void LogUnreadable(long generation, string reason);

    [LoggerMessage(3303, LogLevel.Warning, "What killed publishers left of users' vectors was not removed, the next publication tries again: {Reason}")]
    private partial void LogNotSwept(string reason);

    [LoggerMessage(3302, LogLevel.Warning, "Generation {Generation} is published, but older ones were not set to expire: {Reason}")]
    private partial void LogNotExpired(long generation, string reason);
}

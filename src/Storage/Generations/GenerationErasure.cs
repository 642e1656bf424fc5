using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>
/// Takes users and items out of the model generations in Redis: all of them, those kept for a rollback as well as the one being served, but not one that is
/// being published, whose publisher sees to it. Users' vectors are deleted first. What is left of a chunk is written to a free place, then the manifest is
/// replaced, then the chunk is deleted: a generation is whole at any moment, and a Server sees another manifest and loads it anew. Whoever does this takes
/// turns with others, in this process and in others. Reads throw <see cref="RedisException"/> or <see cref="TimeoutException"/> while Redis does not answer.
/// </summary>
/// <param name="redis">Where they are.</param>
public sealed class GenerationErasure(RedisConnection redis) : IDisposable
{
    // Longer than a chunk takes. Who has been killed in its turn holds up the others for so long.
    private static readonly TimeSpan TurnLength = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly LiveCatalogue _live = new(redis);
    private readonly UserVectors _vectors = new(redis);
    private readonly SemaphoreSlim _one = new(1);
    private readonly string _owner = $"{Guid.NewGuid():N}";

    private RedisKeys Keys => redis.Keys;

    private string Turn => Keys.Lease("generation-erasure");

    /// <summary>Takes out the users that were erased after the snapshot of the generation was cut; those who have come back since included.</summary>
    /// <returns>The generations that had some.</returns>
    public async Task<IReadOnlyList<GenerationRows>> RemoveErasedUsersAsync(CancellationToken cancellationToken)
    {
        var removed = new List<GenerationRows>();
        await foreach (var number in GenerationNumbers.AllAsync(redis, cancellationToken))
            if (await ReadManifestAsync(number, cancellationToken) is { } stored
                && await _live.ReadErasedUsersAsync(CutAt(stored.Manifest), cancellationToken) is { Count: > 0 } erased
                && await RemoveAsync(number, Users, id => erased.Contains(RedisKeys.UserHash(StableHash.Of(id))), cancellationToken) is var rows and > 0)
                removed.Add(new(number, rows));
        return removed;
    }

    /// <summary>Takes an item out.</summary>
    /// <returns>The generations that had it.</returns>
    public async Task<IReadOnlyList<GenerationRows>> RemoveItemAsync(string itemId, CancellationToken cancellationToken)
    {
        var removed = new List<GenerationRows>();
        await foreach (var number in GenerationNumbers.AllAsync(redis, cancellationToken))
            if (await RemoveAsync(number, Items, id => id == itemId, cancellationToken) is var rows and > 0)
                removed.Add(new(number, rows));
        return removed;
    }

    /// <summary>The generations that have a vector of a user, or name one.</summary>
    public Task<IReadOnlyList<GenerationRows>> FindUserAsync(string userId, CancellationToken cancellationToken) => FindAsync(Users, userId, cancellationToken);

    /// <summary>The generations that have a vector of an item.</summary>
    public Task<IReadOnlyList<GenerationRows>> FindItemAsync(string itemId, CancellationToken cancellationToken) => FindAsync(Items, itemId, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    /// <summary>When the state was taken that a generation was trained on, Unix milliseconds; 0 if it does not say.</summary>
    internal static long CutAt(GenerationManifest manifest) => manifest.Snapshot?.CutAt?.ToDateTimeOffset().ToUnixTimeMilliseconds() ?? 0;

    private async Task<IReadOnlyList<GenerationRows>> FindAsync(Part part, string id, CancellationToken cancellationToken)
    {
        var found = new List<GenerationRows>();
        await foreach (var number in GenerationNumbers.AllAsync(redis, cancellationToken))
        {
            int? rows;
            do
                rows = await CountAsync(part, number, id, cancellationToken);
            while (rows is null);
            if (rows == 0 && part == Users && await _vectors.ExistsAsync(number, id, cancellationToken))
                rows = 1;
            if (rows > 0)
                found.Add(new(number, rows.Value));
        }
        return found;
    }

    // Null: rows were moved meanwhile, as others are taken out.
    private async Task<int?> CountAsync(Part part, long number, string id, CancellationToken cancellationToken)
    {
        if (await ReadManifestAsync(number, cancellationToken) is not { } stored)
            return 0;
        try
        {
            var rows = 0;
            for (var chunk = 0; chunk < part.Chunks(stored.Manifest).Count; chunk++)
                if (part.Chunks(stored.Manifest)[chunk].Rows == 0)
                    continue;
                else if (await ReadChunkAsync(part, number, chunk, cancellationToken) is { } bytes)
                    rows += part.Ids(stored.Manifest, chunk, bytes).Count(i => i == id);
                // Otherwise it is just expiring.
                else if (!await IsStillAsync(number, stored, cancellationToken))
                    return null;
            return rows;
        }
        catch (ContractException)
        {
            if (await IsStillAsync(number, stored, cancellationToken))
                throw;
            return null;
        }
    }

    private async Task<bool> IsStillAsync(long number, Stored stored, CancellationToken cancellationToken) =>
        await ReadManifestAsync(number, cancellationToken) is { } now && now.Bytes.AsSpan().SequenceEqual(stored.Bytes);

    private async Task<int> RemoveAsync(long number, Part part, Func<string, bool> isOut, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var (removed, chunk, isOurTurn) = (0, 0, false);
            try
            {
                while (true)
                {
                    // Two at a time would put different rows into the same free place. Who has lost its turn begins anew, as chunks may have moved.
                    if (!isOurTurn || !await redis.Database.LockExtendAsync(Turn, _owner, TurnLength).WaitAsync(cancellationToken))
                        (isOurTurn, chunk) = (await TakeTurnAsync(cancellationToken), 0);
                    if (await ReadManifestAsync(number, cancellationToken) is not { } stored || chunk >= part.Chunks(stored.Manifest).Count)
                        return removed;
                    var rows = await RemoveAsync(number, part, chunk, stored, isOut, cancellationToken);
                    (removed, chunk) = (removed + (rows ?? 0), rows is null ? 0 : chunk + 1);
                }
            }
            finally
            {
                // Only if it is ours, as it may be when we were cancelled while we took it: the next one need not wait until it expires.
                await redis.Database.LockReleaseAsync(Turn, _owner);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<bool> TakeTurnAsync(CancellationToken cancellationToken)
    {
        while (!await redis.Database.LockTakeAsync(Turn, _owner, TurnLength).WaitAsync(cancellationToken))
            await Task.Delay(BetweenLooks, cancellationToken);
        return true;
    }

    // Of a chunk; null if the manifest is another one by now.
    private async Task<int?> RemoveAsync(long number, Part part, int chunk, Stored stored, Func<string, bool> isOut, CancellationToken cancellationToken)
    {
        if (part.Chunks(stored.Manifest)[chunk].Rows == 0)
        {
            // Should the last attempt have been cut short before it deleted the chunk.
            await redis.Database.KeyDeleteAsync(part.Key(Keys, number, chunk)).WaitAsync(cancellationToken);
            return 0;
        }
        // Missing: the generation is just expiring.
        if (await ReadChunkAsync(part, number, chunk, cancellationToken) is not { } bytes)
            return 0;
        if (part == Users)
            await _vectors.RemoveAsync(number, part.Ids(stored.Manifest, chunk, bytes).Where(isOut), cancellationToken);
        if (part.Without(stored.Manifest, chunk, bytes, isOut) is not var (rows, kept))
            return 0;
        return await ReplaceAsync(number, part, chunk, stored, kept, cancellationToken) ? rows : null;
    }

    [SuppressMessage("Usage", "SER301", Justification = "SET with a condition on the value needs Redis 8.4; Debian 12 has 7.0.")]
    private async Task<bool> ReplaceAsync(
        long number, Part part, int chunk, Stored stored, (ChunkInfo Info, byte[] Bytes) kept, CancellationToken cancellationToken)
    {
        var manifest = stored.Manifest.Clone();
        var chunks = part.Chunks(manifest);
        var place = chunks.TakeWhile(c => c.Rows > 0).Count();
        if (kept.Info.Rows > 0)
        {
            // One that is about to expire still does, and this with it.
            var left = await redis.Database.KeyTimeToLiveAsync(Keys.GenerationManifest(number)).WaitAsync(cancellationToken);
            var expiration = left is null ? Expiration.Default : new Expiration(left.Value);
            await redis.Database.StringSetAsync(part.Key(Keys, number, place), kept.Bytes, expiration).WaitAsync(cancellationToken);
            if (place == chunks.Count)
                chunks.Add(kept.Info);
            else
                chunks[place] = kept.Info;
        }
        part.Count(manifest, kept.Info.Rows - chunks[chunk].Rows);
        chunks[chunk] = GenerationCodec.NoChunk;
        var transaction = redis.Database.CreateTransaction();
        transaction.AddCondition(Condition.StringEqual(Keys.GenerationManifest(number), stored.Bytes));
        _ = transaction.StringSetAsync(Keys.GenerationManifest(number), manifest.ToByteArray(), Expiration.KeepTtl);
        // It has expired, or is another one by now.
        if (!await transaction.ExecuteAsync().WaitAsync(cancellationToken))
            return false;
        await redis.Database.KeyDeleteAsync(part.Key(Keys, number, chunk)).WaitAsync(cancellationToken);
        // It may have been set to expire meanwhile, when nobody knew of this place.
        if (await redis.Database.KeyTimeToLiveAsync(Keys.GenerationManifest(number)).WaitAsync(cancellationToken) is { } time)
            await redis.Database.KeyExpireAsync(part.Key(Keys, number, place), time).WaitAsync(cancellationToken);
        return true;
    }

    private async Task<Stored?> ReadManifestAsync(long number, CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(Keys.GenerationManifest(number)).WaitAsync(cancellationToken) is { IsNull: false } bytes
            ? new(GenerationCodec.ReadManifest(bytes!), bytes!)
            : null;

    private async Task<byte[]?> ReadChunkAsync(Part part, long number, int chunk, CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(part.Key(Keys, number, chunk)).WaitAsync(cancellationToken);

    private sealed record Stored(GenerationManifest Manifest, byte[] Bytes);

    /// <summary>The users of a generation, or the items: the same in two kinds of chunk.</summary>
    private sealed record Part(
        Func<RedisKeys, long, int, string> Key,
        Func<GenerationManifest, IList<ChunkInfo>> Chunks,
        Func<GenerationManifest, int, byte[], IEnumerable<string>> Ids,
        Func<GenerationManifest, int, byte[], Func<string, bool>, (int Rows, (ChunkInfo Info, byte[] Bytes) Kept)?> Without,
        Action<GenerationManifest, int> Count);

    private static readonly Part Users = new(
        (keys, number, chunk) => keys.GenerationUsers(number, chunk), m => m.UserChunks, (m, c, bytes) => GenerationCodec.ReadUsers(m, c, bytes).UserIds,
        GenerationCodec.WithoutUsers, (m, change) => m.Users += change);

    private static readonly Part Items = new(
        (keys, number, chunk) => keys.GenerationItems(number, chunk), m => m.ItemChunks, (m, c, bytes) => GenerationCodec.ReadItems(m, c, bytes).ItemIds,
        GenerationCodec.WithoutItems, (m, change) => m.Items += change);
}

using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>Writes a generation to Redis under a new number, reads it back, and only then makes it current with one flip.</summary>
/// <param name="redis">Where to.</param>
/// <param name="keep">Generations kept, the current one included.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets what went wrong without failing the publication.</param>
public sealed partial class GenerationPublisher(RedisConnection redis, int keep, TimeProvider time, ILogger<GenerationPublisher> logger)
{
    // What is written but never made current (a kill, a failed check) expires by itself.
    private static readonly TimeSpan Unpublished = TimeSpan.FromHours(1);

    // Time for readers to finish with a generation that is no longer kept.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private RedisKeys Keys => redis.Keys;

    /// <summary>Publishes a generation.</summary>
    /// <returns>The generation's number.</returns>
    /// <exception cref="ContractException">What was read back is not what was written.</exception>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    public async Task<long> PublishAsync(ModelGeneration generation, CancellationToken cancellationToken)
    {
        var database = redis.Database;
        var manifest = GenerationCodec.Describe(generation);
        manifest.Number = await database.StringIncrementAsync(Keys.GenerationCounter).WaitAsync(cancellationToken);
        manifest.PublishedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow());

        foreach (var (info, bytes) in GenerationCodec.ItemChunks(generation))
        {
            await database.StringSetAsync(Keys.GenerationItems(manifest.Number, manifest.ItemChunks.Count), bytes, Unpublished).WaitAsync(cancellationToken);
            manifest.ItemChunks.Add(info);
        }
        foreach (var (info, bytes) in GenerationCodec.UserChunks(generation))
        {
            await database.StringSetAsync(Keys.GenerationUsers(manifest.Number, manifest.UserChunks.Count), bytes, Unpublished).WaitAsync(cancellationToken);
            manifest.UserChunks.Add(info);
        }
        await database.StringSetAsync(Keys.GenerationManifest(manifest.Number), manifest.ToByteArray(), Unpublished).WaitAsync(cancellationToken);

        await VerifyAsync(manifest.Number, cancellationToken);
        foreach (var key in KeysOf(manifest))
            if (!await database.KeyPersistAsync(key).WaitAsync(cancellationToken))
                throw new ContractException($"Redis no longer has {key} of generation {manifest.Number}, which was just written; does it evict keys (maxmemory-policy)?");
        await database.StringSetAsync(Keys.CurrentGeneration, manifest.Number).WaitAsync(cancellationToken);
        try
        {
            await ExpireOldAsync(manifest.Number, cancellationToken);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The generation is published; the next publication will clean up.
            LogNotExpired(manifest.Number, e.Message);
        }
        return manifest.Number;
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
            if (kept++ < keep)
                continue;
            var left = await redis.Database.KeyTimeToLiveAsync(Keys.GenerationManifest(number)).WaitAsync(cancellationToken);
            if (left is null)
                foreach (var key in KeysOf(manifest))
                    await redis.Database.KeyExpireAsync(key, Grace).WaitAsync(cancellationToken);
        }
    }

    private async Task<GenerationManifest?> ReadManifestAsync(long number, CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(Keys.GenerationManifest(number)).WaitAsync(cancellationToken) is { IsNull: false } bytes ? GenerationCodec.ReadManifest(bytes!) : null;

    private IEnumerable<string> KeysOf(GenerationManifest manifest) =>
    [
        Keys.GenerationManifest(manifest.Number),
        .. Enumerable.Range(0, manifest.ItemChunks.Count).Select(c => Keys.GenerationItems(manifest.Number, c)),
        .. Enumerable.Range(0, manifest.UserChunks.Count).Select(c => Keys.GenerationUsers(manifest.Number, c)),
    ];

    [LoggerMessage(3301, LogLevel.Warning, "Generation {Generation} can't be read and is left alone: {Reason}")]
    private partial void LogUnreadable(long generation, string reason);

    [LoggerMessage(3302, LogLevel.Warning, "Generation {Generation} is published, but older ones were not set to expire: {Reason}")]
    private partial void LogNotExpired(long generation, string reason);
}

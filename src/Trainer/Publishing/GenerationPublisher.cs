using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Hosting.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Trainer.Publishing;

/// <summary>Writes a generation to Redis under a new number, reads it back, and only then makes it current with one flip.</summary>
internal sealed partial class GenerationPublisher(RedisConnection redis, IOptions<TrainerOptions> options, TimeProvider time, ILogger<GenerationPublisher> logger)
{
    // What is written but never made current (a kill, a failed check) goes away by itself.
    private static readonly TimeSpan Unpublished = TimeSpan.FromHours(1);

    // Readers of a generation that is no longer kept may finish with it.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private RedisKeys Keys => redis.Keys;

    /// <returns>The generation's number.</returns>
    /// <exception cref="ContractException">What was read back is not what was written.</exception>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    internal async Task<long> PublishAsync(ModelGeneration generation, CancellationToken cancellationToken)
    {
        var database = redis.Database;
        var manifest = GenerationCodec.Describe(generation);
        manifest.Number = await database.StringIncrementAsync(Keys.GenerationCounter);
        manifest.PublishedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow());

        foreach (var (info, bytes) in GenerationCodec.ItemChunks(generation))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await database.StringSetAsync(Keys.GenerationItems(manifest.Number, manifest.ItemChunks.Count), bytes, Unpublished);
            manifest.ItemChunks.Add(info);
        }
        foreach (var (info, bytes) in GenerationCodec.UserChunks(generation))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await database.StringSetAsync(Keys.GenerationUsers(manifest.Number, manifest.UserChunks.Count), bytes, Unpublished);
            manifest.UserChunks.Add(info);
        }
        await database.StringSetAsync(Keys.GenerationManifest(manifest.Number), manifest.ToByteArray(), Unpublished);

        await VerifyAsync(manifest.Number, cancellationToken);
        foreach (var key in KeysOf(manifest))
            await database.KeyPersistAsync(key);
        await database.StringSetAsync(Keys.CurrentGeneration, manifest.Number);
        await ExpireOldAsync(manifest.Number);
        return manifest.Number;
    }

    private async Task VerifyAsync(long number, CancellationToken cancellationToken)
    {
        var manifest = await ReadManifestAsync(number) ?? throw new ContractException($"The manifest of generation {number} is gone right after it was written; does Redis evict keys (maxmemory-policy)?");
        for (var chunk = 0; chunk < manifest.ItemChunks.Count; chunk++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            GenerationCodec.ReadItems(manifest, chunk, await redis.Database.StringGetAsync(Keys.GenerationItems(number, chunk)));
        }
        for (var chunk = 0; chunk < manifest.UserChunks.Count; chunk++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            GenerationCodec.ReadUsers(manifest, chunk, await redis.Database.StringGetAsync(Keys.GenerationUsers(number, chunk)));
        }
    }

    /// <summary>Counts back from the newest to the oldest generation kept, and gives what is older an end.</summary>
    private async Task ExpireOldAsync(long current)
    {
        var kept = 1;
        // A number that is missing was never published; so many in a row mean that nothing is left.
        for (long number = current - 1, missing = 0; number > 0 && missing < 2 * options.Value.KeepGenerations; number--)
        {
            GenerationManifest? manifest;
            try
            {
                manifest = await ReadManifestAsync(number);
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
            if (kept++ < options.Value.KeepGenerations)
                continue;
            var left = await redis.Database.KeyTimeToLiveAsync(Keys.GenerationManifest(number));
            if (left is null)
                foreach (var key in KeysOf(manifest))
                    await redis.Database.KeyExpireAsync(key, Grace);
        }
    }

    private async Task<GenerationManifest?> ReadManifestAsync(long number) =>
        await redis.Database.StringGetAsync(Keys.GenerationManifest(number)) is { IsNull: false } bytes ? GenerationCodec.ReadManifest(bytes!) : null;

    private IEnumerable<string> KeysOf(GenerationManifest manifest) =>
    [
        Keys.GenerationManifest(manifest.Number),
        .. Enumerable.Range(0, manifest.ItemChunks.Count).Select(c => Keys.GenerationItems(manifest.Number, c)),
        .. Enumerable.Range(0, manifest.UserChunks.Count).Select(c => Keys.GenerationUsers(manifest.Number, c)),
    ];

    [LoggerMessage(4301, LogLevel.Warning, "Generation {Generation} can't be read and is left alone: {Reason}")]
    private partial void LogUnreadable(long generation, string reason);
}

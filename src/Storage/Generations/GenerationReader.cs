using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>
/// Reads model generations from Redis, verified. Reads throw <see cref="RedisException"/> or <see cref="TimeoutException"/> while Redis
/// does not answer.
/// </summary>
/// <param name="redis">Where they are.</param>
public sealed class GenerationReader(RedisConnection redis)
{
    private RedisKeys Keys => redis.Keys;

    /// <summary>The value of the pointer to the current generation, which should be a number; null before the first.</summary>
    public async Task<string?> ReadPointerAsync(CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(Keys.CurrentGeneration).WaitAsync(cancellationToken);

    /// <summary>The manifest's bytes; null if there is none.</summary>
    public Task<byte[]?> ReadManifestAsync(long number, CancellationToken cancellationToken) =>
        ReadBytesAsync(Keys.GenerationManifest(number), cancellationToken);

    /// <summary>Reads a whole generation, each chunk verified.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="manifestBytes">What <see cref="ReadManifestAsync"/> gave.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ContractException">Something of it is missing, damaged, or of an unknown version.</exception>
    public async Task<StoredGeneration> ReadAsync(long number, byte[]? manifestBytes, CancellationToken cancellationToken)
    {
        if (manifestBytes is null)
            throw new ContractException($"Generation {number} has no manifest: it has expired or was not written completely.");
        var manifest = GenerationCodec.ReadManifest(manifestBytes);
        if (manifest.Number != number)
            throw new ContractException($"The manifest of generation {number} says that it is generation {manifest.Number}.");
        var items = new List<ItemChunk>();
        for (var i = 0; i < manifest.ItemChunks.Count; i++)
            items.Add(GenerationCodec.ReadItems(manifest, i, await ReadBytesAsync(Keys.GenerationItems(number, i), cancellationToken)));
        var users = new List<UserChunk>();
        for (var i = 0; i < manifest.UserChunks.Count; i++)
            users.Add(GenerationCodec.ReadUsers(manifest, i, await ReadBytesAsync(Keys.GenerationUsers(number, i), cancellationToken)));
        return new(manifest, manifestBytes, items, users);
    }

    private async Task<byte[]?> ReadBytesAsync(string key, CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(key).WaitAsync(cancellationToken);
}

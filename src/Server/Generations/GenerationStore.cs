using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Hosting.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.Generations;

/// <summary>What the publishers keep in Redis. Reads throw <see cref="RedisException"/> or <see cref="TimeoutException"/> while Redis does not answer.</summary>
internal sealed class GenerationStore(RedisConnection redis)
{
    // The client gives no asynchronous call up by itself: a Redis that hangs would hold the follower for ever.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    private RedisKeys Keys => redis.Keys;

    /// <summary>The number that the pointer to the current generation holds, as it stands there; null before the first.</summary>
    public async Task<string?> ReadPointerAsync(CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(Keys.CurrentGeneration).WaitAsync(ReadTimeout, cancellationToken);

    /// <summary>The manifest's bytes; null if there is none.</summary>
    public Task<byte[]?> ReadManifestAsync(long number, CancellationToken cancellationToken) =>
        ReadBytesAsync(Keys.GenerationManifest(number), cancellationToken);

    /// <summary>The items that must not be recommended now.</summary>
    public async Task<HashSet<string>> ReadHiddenAsync(CancellationToken cancellationToken)
    {
        var members = await redis.Database.SetMembersAsync(Keys.HiddenItems).WaitAsync(ReadTimeout, cancellationToken);
        return members.Select(m => m.ToString()).ToHashSet();
    }

    /// <summary>What is popular, as the GraphBuilder counts; null before any event.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public async Task<PopularItems?> ReadPopularAsync(CancellationToken cancellationToken) =>
        await ReadBytesAsync(Keys.Popular, cancellationToken) is { } bytes ? PopularItemsCodec.Read(bytes) : null;

    /// <summary>Reads a generation whole, each chunk verified.</summary>
    /// <exception cref="ContractException">Something of it is missing, damaged, or of an unknown version.</exception>
    public async Task<LoadedGeneration> LoadAsync(long number, byte[]? manifestBytes, CancellationToken cancellationToken)
    {
        if (manifestBytes is null)
            throw new ContractException($"Generation {number} has no manifest: it has expired or was never written whole.");
        var manifest = GenerationCodec.ReadManifest(manifestBytes);
        if (manifest.Number != number)
            throw new ContractException($"The manifest of generation {number} says that it is generation {manifest.Number}.");
        var items = new List<ItemChunk>();
        for (var i = 0; i < manifest.ItemChunks.Count; i++)
            items.Add(GenerationCodec.ReadItems(manifest, i, await ReadBytesAsync(Keys.GenerationItems(number, i), cancellationToken)));
        var users = new List<UserChunk>();
        for (var i = 0; i < manifest.UserChunks.Count; i++)
            users.Add(GenerationCodec.ReadUsers(manifest, i, await ReadBytesAsync(Keys.GenerationUsers(number, i), cancellationToken)));
        return new LoadedGeneration(manifest, manifestBytes, items, users);
    }

    private async Task<byte[]?> ReadBytesAsync(string key, CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(key).WaitAsync(ReadTimeout, cancellationToken);
}

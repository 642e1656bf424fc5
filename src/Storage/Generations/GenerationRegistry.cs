using System.Globalization;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>
/// The generations kept, and which of them is to be served: the newest, unless one is pinned. Calls throw <see cref="RedisException"/> or
/// <see cref="TimeoutException"/> while Redis does not answer.
/// </summary>
/// <param name="redis">Where they are.</param>
public sealed class GenerationRegistry(RedisConnection redis)
{
    private readonly GenerationReader _reader = new(redis);

    private RedisKeys Keys => redis.Keys;

    /// <summary>The manifests of those kept, newest first; one that can't be read is left out.</summary>
    public async Task<IReadOnlyList<GenerationManifest>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<GenerationManifest>();
        await foreach (var number in GenerationNumbers.AllAsync(redis, cancellationToken))
            if (await TryReadAsync(number, cancellationToken) is { } manifest && await IsKeptAsync(manifest, cancellationToken))
                found.Add(manifest);
        return found;
    }

    /// <summary>The number of the one to serve, 0 for none, and whether it is pinned.</summary>
    public async Task<(long Number, bool IsPinned)> ServedAsync(CancellationToken cancellationToken)
    {
        var (text, isPinned) = await _reader.ReadPointerAsync(cancellationToken);
        return (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0, isPinned);
    }

    /// <summary>Has a generation served in place of the newest.</summary>
    /// <returns>Why not; null if it is.</returns>
    public async Task<PinProblem?> PinAsync(long number, CancellationToken cancellationToken)
    {
        if (await TryReadAsync(number, cancellationToken) is not { } manifest)
            return PinProblem.NotThere;
        var before = await redis.Database.StringGetSetAsync(Keys.PinnedGeneration, number).WaitAsync(cancellationToken);
        if (await IsKeptAsync(manifest, cancellationToken))
            return null;
        // Had it been looked at first, it might have begun to expire since.
        if (before.IsNull)
            await redis.Database.KeyDeleteAsync(Keys.PinnedGeneration).WaitAsync(cancellationToken);
        else
            await redis.Database.StringSetAsync(Keys.PinnedGeneration, before).WaitAsync(cancellationToken);
        return PinProblem.NoLongerKept;
    }

    /// <summary>Has the newest served again.</summary>
    public Task UnpinAsync(CancellationToken cancellationToken) => redis.Database.KeyDeleteAsync(Keys.PinnedGeneration).WaitAsync(cancellationToken);

    /// <summary>Whether a generation is there and stays.</summary>
    /// <returns>Why not; null if it is.</returns>
    internal async Task<PinProblem?> ProblemAsync(long number, CancellationToken cancellationToken) =>
        await TryReadAsync(number, cancellationToken) is not { } manifest ? PinProblem.NotThere
        : await IsKeptAsync(manifest, cancellationToken) ? null : PinProblem.NoLongerKept;

    private async Task<bool> IsKeptAsync(GenerationManifest manifest, CancellationToken cancellationToken)
    {
        // The first items are the first of it that is set to expire; what an erasure has moved is elsewhere.
        var first = manifest.ItemChunks.TakeWhile(chunk => chunk.Rows == 0).Count();
        return await redis.Database.KeyTimeToLiveAsync(Keys.GenerationManifest(manifest.Number)).WaitAsync(cancellationToken) is null
            && await redis.Database.KeyTimeToLiveAsync(Keys.GenerationItems(manifest.Number, first)).WaitAsync(cancellationToken) is null;
    }

    private async Task<GenerationManifest?> TryReadAsync(long number, CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadManifestAsync(number, cancellationToken) is { } bytes ? GenerationCodec.ReadManifest(bytes) : null;
        }
        catch (ContractException)
        {
            return null;
        }
    }
}

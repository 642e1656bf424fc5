using System.Globalization;
using System.Runtime.CompilerServices;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Experiments;
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
    private const int VectorsInFlight = 1024;

    private RedisKeys Keys => redis.Keys;

    /// <summary>
    /// The value of the pointer to the generation to serve, which should be a number, and whether that one is pinned; null before the first. While an
    /// experiment runs that is its control's.
    /// </summary>
    public async Task<(string? Number, bool IsPinned)> ReadPointerAsync(CancellationToken cancellationToken)
    {
        var (number, isPinned, experiment) = await ReadServedAsync(cancellationToken);
        return (experiment is null ? number : experiment.Control.Generation.ToString(CultureInfo.InvariantCulture), isPinned);
    }

    /// <summary>The pointer whether an experiment runs or not, and the experiment if one does; one that can't be followed counts as none.</summary>
    public async Task<(string? Number, bool IsPinned, Experiment? Experiment)> ReadServedAsync(CancellationToken cancellationToken)
    {
        var (pinned, current) = (redis.Database.StringGetAsync(Keys.PinnedGeneration), redis.Database.StringGetAsync(Keys.CurrentGeneration));
        var running = redis.Database.StringGetAsync(Keys.Experiment);
        await Task.WhenAll(pinned, current, running).WaitAsync(cancellationToken);
        var experiment = running.Result.IsNull ? null : ReadExperiment((byte[])running.Result!);
        return pinned.Result.IsNull ? (current.Result, false, experiment) : (pinned.Result, true, experiment);
    }

    /// <summary>The value of the pointer to the newest generation, whether it is served or not; null before the first.</summary>
    public async Task<string?> ReadNewestAsync(CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(Keys.CurrentGeneration).WaitAsync(cancellationToken);

    /// <summary>The manifest's bytes; null if there is none.</summary>
    public Task<byte[]?> ReadManifestAsync(long number, CancellationToken cancellationToken) =>
        ReadBytesAsync(Keys.GenerationManifest(number), cancellationToken);

    /// <summary>Reads a generation without its users, each chunk verified.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="manifestBytes">What <see cref="ReadManifestAsync"/> gave.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ContractException">Something of it is missing, damaged, or of an unknown version.</exception>
    public async Task<StoredGeneration> ReadAsync(long number, byte[]? manifestBytes, CancellationToken cancellationToken)
    {
        var manifest = Manifest(number, manifestBytes);
        var items = new List<ItemChunk>();
        for (var i = 0; i < manifest.ItemChunks.Count; i++)
            items.Add(GenerationCodec.ReadItems(manifest, i, await ReadBytesAsync(Keys.GenerationItems(number, i), cancellationToken)));
        return await WithEncodersAsync(new(manifest, manifestBytes!, items), cancellationToken);
    }

    /// <summary>Reads a generation without its users, each chunk verified, and gives its items away instead of keeping them.</summary>
    /// <inheritdoc cref="ReadAsync(long, byte[], CancellationToken)"/>
    /// <param name="number">Its number.</param>
    /// <param name="manifestBytes">What <see cref="ReadManifestAsync"/> gave.</param>
    /// <param name="taking">Told of the manifest; says who takes the items, chunk by chunk.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="progress">Asked once; told of items read.</param>
    public async Task<StoredGeneration> ReadAsync(
        long number, byte[]? manifestBytes, Func<GenerationManifest, TakeItems> taking, CancellationToken cancellationToken, ProgressOf? progress = null)
    {
        var manifest = Manifest(number, manifestBytes);
        var take = taking(manifest);
        var (read, rows) = (progress?.Invoke($"Loading generation {number}", "items", manifest.Items), 0L);
        for (var i = 0; i < manifest.ItemChunks.Count; i++)
        {
            if (manifest.ItemChunks[i].Rows == 0)
                continue;
            // In memory that is lent for as long as it takes: hundreds of new arrays of megabytes would have all memory collected again and again.
            using var bytes = await redis.Database.StringGetLeaseAsync(Keys.GenerationItems(number, i)).WaitAsync(cancellationToken);
            var chunk = GenerationCodec.ReadItems(manifest, i, bytes is null ? default : bytes.Span, out var vectors);
            take(chunk, vectors);
            read?.Report(rows += manifest.ItemChunks[i].Rows);
        }
        return await WithEncodersAsync(new(manifest, manifestBytes!, []), cancellationToken);
    }

    /// <summary>The ids of a generation's users; one may come twice, if users are taken out meanwhile.</summary>
    /// <exception cref="ContractException">The generation has expired, or something of it is missing or damaged.</exception>
    public async IAsyncEnumerable<string> ReadUserIdsAsync(long number, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[]? before = null;
        while (await ReadManifestAsync(number, cancellationToken) is { } now)
        {
            // Taking users out moves others to another chunk, and replaces the manifest.
            if (before is not null && now.AsSpan().SequenceEqual(before))
                yield break;
            before = now;
            var manifest = GenerationCodec.ReadManifest(now);
            for (var chunk = 0; chunk < manifest.UserChunks.Count; chunk++)
            {
                if (await ReadUsersAsync(manifest, now, chunk, cancellationToken) is not { } users)
                    break;
                foreach (var id in users.UserIds)
                    yield return id;
            }
        }
        throw new ContractException($"Generation {number} has expired, or is gone from Redis.");
    }

    /// <summary>Users' vectors in a generation.</summary>
    /// <param name="manifest">The generation's.</param>
    /// <param name="userIds">Whose.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>In the users' order; null for one of whom there is none, or none that can be read.</returns>
    public async Task<float[]?[]> ReadVectorsAsync(GenerationManifest manifest, IReadOnlyList<string> userIds, CancellationToken cancellationToken)
    {
        var vectors = new float[]?[userIds.Count];
        foreach (var window in Enumerable.Range(0, vectors.Length).Chunk(VectorsInFlight))
        {
            var found = await Task.WhenAll(window.Select(u => ReadBytesAsync(Keys.UserVector(manifest.Number, userIds[u]), cancellationToken)));
            foreach (var (index, bytes) in found.Index())
            {
                var vector = new float[manifest.Dimension];
                vectors[window[index]] = bytes is not null && UserVectorCodec.TryRead(bytes, manifest.VectorSeed, vector) ? vector : null;
            }
        }
        return vectors;
    }

    // Null: the chunk is gone, or another one is in its place, since there is another manifest.
    private async Task<UserChunk?> ReadUsersAsync(GenerationManifest manifest, byte[] manifestBytes, int chunk, CancellationToken cancellationToken)
    {
        try
        {
            return GenerationCodec.ReadUsers(manifest, chunk, await ReadBytesAsync(Keys.GenerationUsers(manifest.Number, chunk), cancellationToken));
        }
        catch (ContractException)
        {
            if (await ReadManifestAsync(manifest.Number, cancellationToken) is { } newer && !newer.AsSpan().SequenceEqual(manifestBytes))
                return null;
            throw;
        }
    }

    private static GenerationManifest Manifest(long number, byte[]? bytes)
    {
        if (bytes is null)
            throw new ContractException($"Generation {number} has no manifest: it has expired or was not written completely.");
        var manifest = GenerationCodec.ReadManifest(bytes);
        return manifest.Number == number
            ? manifest
            : throw new ContractException($"The manifest of generation {number} says that it is generation {manifest.Number}.");
    }

    private async Task<StoredGeneration> WithEncodersAsync(StoredGeneration generation, CancellationToken cancellationToken)
    {
        var (manifest, number) = (generation.Manifest, generation.Manifest.Number);
        var users = await ReadChunksAsync(manifest.UserEncoder?.Chunks.Count, chunk => Keys.GenerationEncoder(number, chunk), cancellationToken);
        var items = await ReadChunksAsync(manifest.ItemEncoder?.Chunks.Count, chunk => Keys.GenerationItemEncoder(number, chunk), cancellationToken);
        return generation with
        {
            UserEncoder = users is null ? null : UserEncoderCodec.Read(manifest, users),
            ItemEncoder = items is null ? null : ItemEncoderCodec.Read(manifest, items),
        };
    }

    private static Experiment? ReadExperiment(byte[] bytes)
    {
        try
        {
            return ExperimentCodec.Read(bytes);
        }
        catch (ContractException)
        {
            // Of another release, or damaged: whoever asks for the experiment is told so.
            return null;
        }
    }

    private async Task<byte[]?[]?> ReadChunksAsync(int? count, Func<int, string> key, CancellationToken cancellationToken)
    {
        if (count is null)
            return null;
        var chunks = new byte[]?[count.Value];
        for (var chunk = 0; chunk < chunks.Length; chunk++)
            chunks[chunk] = await ReadBytesAsync(key(chunk), cancellationToken);
        return chunks;
    }

    private async Task<byte[]?> ReadBytesAsync(string key, CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(key).WaitAsync(cancellationToken);
}

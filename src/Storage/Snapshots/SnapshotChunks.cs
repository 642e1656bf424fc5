using System.Buffers;
using System.Security.Cryptography;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Snapshots;

/// <summary>
/// The chunks in Redis that snapshots consist of. A chunk that a kept snapshot refers to has no time to live; every other one has, so whatever is cut
/// short goes by itself. Nothing here makes a chunk permanent that no manifest names yet.
/// </summary>
/// <param name="redis">Where they are.</param>
internal sealed class SnapshotChunks(RedisConnection redis)
{
    /// <summary>Longer than it takes to write a snapshot, or to finish reading one that is no longer kept.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    // Chunks in memory at a time while writing: about 8 MiB.
    private const int ChunksInFlight = 8;
    private const int CommandsInFlight = 512;

    private RedisKeys Keys => redis.Keys;

    /// <summary>Sees to it that Redis has a section's chunks, for <see cref="TimeToLive"/> at least, and sends only those that it lacks.</summary>
    /// <param name="section">What to write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="progress">Told of chunks.</param>
    /// <param name="before">Chunks before these.</param>
    /// <returns>The section as the manifest names it.</returns>
    /// <exception cref="ContractException">What was read back is not what was written.</exception>
    public async Task<Section> WriteAsync(SnapshotSection section, CancellationToken cancellationToken, IProgress<long>? progress = null, long before = 0)
    {
        var described = new Section { Name = section.Name, Type = section.Type, Dimension = section.Dimension };
        foreach (var window in section.Chunks.Chunk(ChunksInFlight))
        {
            var buffers = Array.ConvertAll(window, chunk => ArrayPool<byte>.Shared.Rent(chunk.Length));
            var chunks = new Chunk[window.Length];
            Parallel.For(0, window.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
            {
                var bytes = buffers[i].AsSpan(0, window[i].Length);
                window[i].Write(bytes);
                chunks[i] = window[i].Describe(bytes);
            });
            var missing = await MissingAsync(chunks, cancellationToken);
            await Task.WhenAll(missing.Select(i => redis.Database.StringSetAsync(
                KeyOf(chunks[i]), buffers[i].AsMemory(0, window[i].Length), TimeToLive))).WaitAsync(cancellationToken);
            await Task.WhenAll(missing.Select(i => VerifyAsync(chunks[i]))).WaitAsync(cancellationToken);
            described.Chunks.Add(chunks);
            progress?.Report(before + described.Chunks.Count);
            // Not in a finally: after a failure a command may still be reading them.
            foreach (var buffer in buffers)
                ArrayPool<byte>.Shared.Return(buffer);
        }
        return described;
    }

    /// <summary>Takes the time to live from chunks that a manifest names.</summary>
    /// <returns>The names of those that are not there, or not of their length.</returns>
    public async Task<IReadOnlyList<string>> KeepAsync(IReadOnlyDictionary<string, int> chunks, CancellationToken cancellationToken)
    {
        var bad = new List<string>();
        foreach (var window in chunks.Chunk(CommandsInFlight))
        {
            var kept = window.Select(c => redis.Database.KeyPersistAsync(Keys.Chunk(c.Key))).ToArray();
            var lengths = await Task.WhenAll(window.Select(c => redis.Database.StringLengthAsync(Keys.Chunk(c.Key)))).WaitAsync(cancellationToken);
            await Task.WhenAll(kept).WaitAsync(cancellationToken);
            bad.AddRange(window.Where((c, i) => lengths[i] != c.Value).Select(c => c.Key));
        }
        return bad;
    }

    /// <summary>Whether all of these chunks are there with their lengths.</summary>
    public async Task<bool> AreWholeAsync(IReadOnlyDictionary<string, int> chunks, CancellationToken cancellationToken)
    {
        foreach (var window in chunks.Chunk(CommandsInFlight))
        {
            var lengths = await Task.WhenAll(window.Select(c => redis.Database.StringLengthAsync(Keys.Chunk(c.Key)))).WaitAsync(cancellationToken);
            if (window.Where((c, i) => lengths[i] != c.Value).Any())
                return false;
        }
        return true;
    }

    /// <summary>Gives these chunks <see cref="TimeToLive"/>.</summary>
    public async Task ExpireAsync(IEnumerable<string> chunks, CancellationToken cancellationToken)
    {
        foreach (var window in chunks.Chunk(CommandsInFlight))
            await Task.WhenAll(window.Select(c => redis.Database.KeyExpireAsync(Keys.Chunk(c), TimeToLive))).WaitAsync(cancellationToken);
    }

    private async Task<int[]> MissingAsync(Chunk[] chunks, CancellationToken cancellationToken)
    {
        var left = chunks.Select(c => redis.Database.KeyTimeToLiveAsync(KeyOf(c))).ToArray();
        var lengths = await Task.WhenAll(chunks.Select(c => redis.Database.StringLengthAsync(KeyOf(c)))).WaitAsync(cancellationToken);
        await Task.WhenAll(left).WaitAsync(cancellationToken);
        var missing = Enumerable.Range(0, chunks.Length).Where(i => lengths[i] != chunks[i].Length).ToHashSet();
        // One without a time to live belongs to a kept snapshot and must not get one.
        var expiring = Enumerable.Range(0, chunks.Length).Where(i => !missing.Contains(i) && left[i].Result is not null).ToArray();
        var extended = await Task.WhenAll(expiring.Select(i => redis.Database.KeyExpireAsync(KeyOf(chunks[i]), TimeToLive))).WaitAsync(cancellationToken);
        missing.UnionWith(expiring.Where((_, e) => !extended[e]));
        return [.. missing.Order()];
    }

    private async Task VerifyAsync(Chunk chunk)
    {
        byte[]? bytes = await redis.Database.StringGetAsync(KeyOf(chunk));
        if (bytes is null || !SHA256.HashData(bytes).AsSpan().SequenceEqual(chunk.Sha256.Span))
            throw new ContractException($"Key {KeyOf(chunk)} is not what was written a moment ago: {bytes?.Length ?? 0} bytes of {chunk.Length}. Is Redis out of memory and evicting keys?");
    }

    private string KeyOf(Chunk chunk) => Keys.Chunk(SnapshotManifestCodec.NameOf(chunk));
}

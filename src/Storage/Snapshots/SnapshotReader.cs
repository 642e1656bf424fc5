using Polly;
using Polly.Retry;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Snapshots;

/// <summary>Reads graph snapshots from Redis, verified.</summary>
/// <param name="redis">Where it is.</param>
public sealed class SnapshotReader(RedisConnection redis)
{
    private const int Retries = 4;
    private const int ChunksInFlight = 8;

    /// <summary>The current snapshot's number; null before the first.</summary>
    public async Task<long?> CurrentNumberAsync(CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(redis.Keys.CurrentSnapshot).WaitAsync(cancellationToken) is { IsNull: false } number ? (long)number : null;

    /// <summary>The current snapshot's info; null before the first, or if it was superseded at this moment.</summary>
    /// <exception cref="ContractException">Its manifest can't be read.</exception>
    public async Task<SnapshotInfo?> CurrentInfoAsync(CancellationToken cancellationToken) =>
        await CurrentNumberAsync(cancellationToken) is { } number && await redis.Database.StringGetAsync(redis.Keys.SnapshotManifest(number)).WaitAsync(cancellationToken) is { IsNull: false } bytes
            ? SnapshotManifestCodec.Read(number, (byte[])bytes!).Info
            : null;

    /// <summary>The current snapshot. One that expires while it is read has been superseded: its successor is read instead.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="progress">Asked once; told of chunks read.</param>
    /// <exception cref="ContractException">There is none, or it is damaged.</exception>
    public async Task<GraphSnapshot> ReadAsync(CancellationToken cancellationToken, ProgressOf? progress = null)
    {
        long? number = null;
        var untilCurrent = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = async args => args.Outcome.Exception is ContractException && await CurrentNumberAsync(args.Context.CancellationToken) != number,
                MaxRetryAttempts = Retries,
                Delay = TimeSpan.Zero,
            })
            .Build();
        return await untilCurrent.ExecuteAsync(async token =>
        {
            number = await CurrentNumberAsync(token);
            return await ReadAsync(
                number ?? throw new ContractException("There is no current snapshot in Redis; has the GraphBuilder published one?"), progress, token);
        }, cancellationToken);
    }

    /// <summary>Who had touched what when an earlier snapshot was cut.</summary>
    /// <param name="snapshot">Which one.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ContractException">It is gone, damaged, or another one has its number.</exception>
    public async Task<SnapshotPairs> ReadPairsAsync(SnapshotInfo snapshot, CancellationToken cancellationToken)
    {
        var manifest = await ReadManifestAsync(snapshot.Number, cancellationToken);
        if (manifest.Info.Hash != snapshot.Hash)
            throw new ContractException($"Snapshot {snapshot.Number} is another one than it was: its hash is {manifest.Info.Hash}, not {snapshot.Hash}.");
        return (await DecodeAsync(new(manifest, pairsOnly: true), cancellationToken)).BuildPairs();
    }

    /// <summary>
    /// Says which snapshots somebody will read again: they are kept beside the newest ones until they reach the age at which all go, or an erasure removes
    /// them. Replaces what was said before.
    /// </summary>
    public Task HoldAsync(IEnumerable<long> numbers, CancellationToken cancellationToken)
    {
        var transaction = redis.Database.CreateTransaction();
        _ = transaction.KeyDeleteAsync(redis.Keys.HeldSnapshots);
        _ = transaction.SetAddAsync(redis.Keys.HeldSnapshots, [.. numbers.Select(number => (RedisValue)number)]);
        return transaction.ExecuteAsync().WaitAsync(cancellationToken);
    }

    private async Task<GraphSnapshot> ReadAsync(long number, ProgressOf? progress, CancellationToken cancellationToken)
    {
        var decoder = new SnapshotDecoder(await ReadManifestAsync(number, cancellationToken));
        return (await DecodeAsync(decoder, cancellationToken, progress?.Invoke($"Reading snapshot {number}", "chunks", decoder.Chunks))).Build();
    }

    private async Task<SnapshotManifest> ReadManifestAsync(long number, CancellationToken cancellationToken)
    {
        byte[]? head = await redis.Database.StringGetAsync(redis.Keys.SnapshotManifest(number)).WaitAsync(cancellationToken);
        return SnapshotManifestCodec.Read(number, head ?? throw new ContractException($"The manifest of snapshot {number} is missing: it has expired."));
    }

    private async Task<SnapshotDecoder> DecodeAsync(SnapshotDecoder decoder, CancellationToken cancellationToken, IProgress<long>? progress = null)
    {
        foreach (var window in Enumerable.Range(0, decoder.Chunks).Chunk(ChunksInFlight))
        {
            await Task.WhenAll(window.Select(chunk => ReadAsync(decoder, chunk))).WaitAsync(cancellationToken);
            progress?.Report(window[^1] + 1);
        }
        return decoder;
    }

    private async Task ReadAsync(SnapshotDecoder decoder, int chunk) =>
        decoder.Put(chunk, await redis.Database.StringGetAsync(redis.Keys.Chunk(SnapshotManifestCodec.NameOf(decoder[chunk]))));
}

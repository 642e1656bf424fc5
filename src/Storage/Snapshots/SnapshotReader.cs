using Polly;
using Polly.Retry;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Storage.Snapshots;

/// <summary>Reads the current graph snapshot from Redis, verified.</summary>
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
    /// <exception cref="ContractException">There is none, or it is damaged.</exception>
    public async Task<GraphSnapshot> ReadAsync(CancellationToken cancellationToken)
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
            return await ReadAsync(number ?? throw new ContractException("There is no current snapshot in Redis; has the GraphBuilder published one?"), token);
        }, cancellationToken);
    }

    private async Task<GraphSnapshot> ReadAsync(long number, CancellationToken cancellationToken)
    {
        byte[]? head = await redis.Database.StringGetAsync(redis.Keys.SnapshotManifest(number)).WaitAsync(cancellationToken);
        var manifest = SnapshotManifestCodec.Read(number, head ?? throw new ContractException($"The manifest of snapshot {number} is missing: it has expired."));
        var decoder = new SnapshotDecoder(manifest);
        foreach (var window in Enumerable.Range(0, decoder.Chunks).Chunk(ChunksInFlight))
            await Task.WhenAll(window.Select(chunk => ReadAsync(decoder, chunk))).WaitAsync(cancellationToken);
        return decoder.Build();
    }

    private async Task ReadAsync(SnapshotDecoder decoder, int chunk) =>
        decoder.Put(chunk, await redis.Database.StringGetAsync(redis.Keys.Chunk(SnapshotManifestCodec.NameOf(decoder[chunk]))));
}

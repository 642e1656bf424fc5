using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>
/// Which generations are being written. Users' vectors have no time to live, because to take it from a million of them would cost as much as to write them; so
/// a publisher notes its generation first, with the users' ids, and what one left that was killed is found by these.
/// </summary>
/// <param name="redis">Where they are.</param>
/// <param name="time">The clock.</param>
internal sealed class UnfinishedGenerations(RedisConnection redis, TimeProvider time)
{
    // Nobody writes without a note of it for so long.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly UserVectors _vectors = new(redis);

    /// <summary>Notes that somebody is writing a generation now.</summary>
    public Task NoteAsync(long number, CancellationToken cancellationToken) =>
        redis.Database.SortedSetAddAsync(redis.Keys.UnfinishedGenerations, number, time.GetUtcNow().ToUnixTimeMilliseconds()).WaitAsync(cancellationToken);

    /// <summary>It is published.</summary>
    public Task FinishAsync(long number, CancellationToken cancellationToken) =>
        redis.Database.SortedSetRemoveAsync(redis.Keys.UnfinishedGenerations, number).WaitAsync(cancellationToken);

    /// <summary>Removes what was left of generations that nobody writes any more.</summary>
    /// <exception cref="ContractException">What is there can't be read.</exception>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var before = (time.GetUtcNow() - Abandoned).ToUnixTimeMilliseconds();
        foreach (var member in await redis.Database.SortedSetRangeByScoreAsync(redis.Keys.UnfinishedGenerations, stop: before).WaitAsync(cancellationToken))
        {
            var number = (long)member;
            var manifest = redis.Keys.GenerationManifest(number);
            var left = redis.Database.KeyTimeToLiveAsync(manifest);
            // Killed between the flip and the end, or just before: it is like any other generation.
            if (await redis.Database.KeyExistsAsync(manifest).WaitAsync(cancellationToken) && await left.WaitAsync(cancellationToken) is null)
                await FinishAsync(number, cancellationToken);
            else
                await RemoveAsync(number, cancellationToken);
        }
    }

    /// <summary>Removes the users of a generation that is not published.</summary>
    public async Task RemoveAsync(long number, CancellationToken cancellationToken)
    {
        var chunks = 0;
        for (; await ReadAsync(number, chunks, cancellationToken) is { } users; chunks++)
            await _vectors.RemoveAsync(number, users.UserIds, cancellationToken);
        // From the last, so that one which is cut short here finds the rest.
        while (--chunks >= 0)
            await redis.Database.KeyDeleteAsync(redis.Keys.GenerationUsers(number, chunks)).WaitAsync(cancellationToken);
        await FinishAsync(number, cancellationToken);
    }

    private async Task<UserChunk?> ReadAsync(long number, int chunk, CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(redis.Keys.GenerationUsers(number, chunk)).WaitAsync(cancellationToken) is { IsNull: false } bytes
            ? StoredMessage.Parse(UserChunk.Parser, (byte[])bytes!, "chunk of users' ids")
            : null;
}

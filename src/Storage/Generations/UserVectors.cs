using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>
/// The users' vectors of a generation, each under a key of its user's. There are millions of them, so commands are sent by the thousand before their answers
/// are awaited. Calls throw <see cref="RedisException"/> or <see cref="TimeoutException"/> while Redis does not answer.
/// </summary>
/// <param name="redis">Where they are.</param>
internal sealed class UserVectors(RedisConnection redis)
{
    // A Redis that has lost a hundredth of what it acknowledged is found out but for 1 time in 20,000.
    private const int Samples = 1000;

    /// <summary>Writes some of a generation's vectors; they stay until somebody removes them.</summary>
    /// <param name="manifest">The generation's.</param>
    /// <param name="generation">Its content.</param>
    /// <param name="users">The rows to write.</param>
    /// <param name="precision">How to store the numbers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(
        GenerationManifest manifest, ModelGeneration generation, Range users, VectorPrecision precision, CancellationToken cancellationToken)
    {
        var commands = new CommandWindow();
        var (start, count) = users.GetOffsetAndLength(generation.UserIds.Length);
        for (var user = start; user < start + count; user++)
        {
            var bytes = UserVectorCodec.Write(Row(generation, user), precision, manifest.VectorSeed);
            await commands.AddAsync(redis.Database.StringSetAsync(redis.Keys.UserVector(manifest.Number, generation.UserIds[user]), bytes), cancellationToken);
        }
        await commands.DrainAsync(cancellationToken);
    }

    /// <summary>Reads a sample of the vectors back, evenly spread: Redis has acknowledged each, so what is left to find out is whether it keeps them.</summary>
    /// <exception cref="ContractException">One is missing, or is not what was written.</exception>
    public async Task VerifyAsync(GenerationManifest manifest, ModelGeneration generation, CancellationToken cancellationToken)
    {
        var count = Math.Min(Samples, generation.UserIds.Length);
        var rows = Enumerable.Range(0, count).Select(i => (int)((long)i * generation.UserIds.Length / count)).ToArray();
        var reads = rows.Select(row => redis.Database.StringGetAsync(redis.Keys.UserVector(manifest.Number, generation.UserIds[row])));
        var found = await Task.WhenAll(reads).WaitAsync(cancellationToken);
        var vector = new float[manifest.Dimension];
        for (var i = 0; i < count; i++)
            if (!UserVectorCodec.TryRead(((ReadOnlyMemory<byte>)found[i]).Span, manifest.VectorSeed, vector))
                throw new ContractException(
                    $"Redis no longer has the vector of user \"{generation.UserIds[rows[i]]}\" of generation {manifest.Number} as it was just written; "
                    + "does it evict keys (maxmemory-policy)?");
    }

    /// <summary>Lets vectors expire.</summary>
    public Task ExpireAsync(long number, IEnumerable<string> users, TimeSpan after, CancellationToken cancellationToken) =>
        ForEachAsync(number, users, key => redis.Database.KeyExpireAsync(key, after), cancellationToken);

    /// <summary>Removes vectors.</summary>
    public Task RemoveAsync(long number, IEnumerable<string> users, CancellationToken cancellationToken) =>
        ForEachAsync(number, users, key => redis.Database.KeyDeleteAsync(key), cancellationToken);

    /// <summary>Whether there is a vector of a user.</summary>
    public Task<bool> ExistsAsync(long number, string userId, CancellationToken cancellationToken) =>
        redis.Database.KeyExistsAsync(redis.Keys.UserVector(number, userId)).WaitAsync(cancellationToken);

    /// <summary>Requires that every vector can be served.</summary>
    /// <exception cref="ContractException">One can't; says whose and why.</exception>
    public static void Check(ModelGeneration generation)
    {
        for (var user = 0; user < generation.UserIds.Length; user++)
            if (VectorRules.Problem(Row(generation, user)) is { } problem)
                throw new ContractException($"The generation can't be published: the vector of user \"{generation.UserIds[user]}\" {problem}.");
    }

    private async Task ForEachAsync(long number, IEnumerable<string> users, Func<RedisKey, Task> send, CancellationToken cancellationToken)
    {
        var commands = new CommandWindow();
        foreach (var user in users)
            await commands.AddAsync(send(redis.Keys.UserVector(number, user)), cancellationToken);
        await commands.DrainAsync(cancellationToken);
    }

    private static ReadOnlySpan<float> Row(ModelGeneration generation, int user) =>
        generation.UserVectors.AsSpan(user * generation.Dimension, generation.Dimension);
}

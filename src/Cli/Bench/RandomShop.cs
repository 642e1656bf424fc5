using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What a Server under load reads from Redis: users with a history, and two generations, 1 and 2, the first one pinned. They are published beforehand, because the
/// publisher is elsewhere in production: a swap is what the Server does when the pin changes.
/// </summary>
internal static class RandomShop
{
    /// <summary>Numbers in a vector.</summary>
    public const int Width = 192;

    /// <summary>Users u0, u1, ...</summary>
    public const int Users = 20_000;

    private const int Touches = 20;

    private static readonly ZipfUsers s_users = new(Users);

    /// <summary>The user whom a call is for: some call often.</summary>
    public static string UserOf(int call) => s_users.Of(call);

    /// <summary>Writes it.</summary>
    /// <param name="redis">Where to.</param>
    /// <param name="items">Number of items of each generation.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task WriteAsync(RedisConnection redis, int items, CancellationToken cancellationToken)
    {
        await TouchAsync(redis, items, cancellationToken);
        await PublishAsync(redis, items, seed: 1, cancellationToken);
        await PublishAsync(redis, items, seed: 2, cancellationToken);
        await new GenerationRegistry(redis).PinAsync(1, cancellationToken);
    }

    private static async Task TouchAsync(RedisConnection redis, int items, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        for (var user = 0; user < Users; user++)
        {
            var entries = Enumerable.Range(0, Touches).Select(t => new HashEntry($"i{random.Next(items)}", HistoryCodec.Write(new("", 1_700_000_000_000 + t, false)))).DistinctBy(e => e.Name).ToArray();
            var writing = redis.Database.HashSetAsync(redis.Keys.User($"u{user}"), entries);
            // A window of them at a time.
            if (user % 1000 == 0)
                await writing.WaitAsync(cancellationToken);
        }
        await redis.Database.PingAsync().WaitAsync(cancellationToken);
    }

    private static async Task PublishAsync(RedisConnection redis, int items, int seed, CancellationToken cancellationToken) =>
        await new GenerationPublisher(redis, keep: 2, TimeProvider.System, NullLogger<GenerationPublisher>.Instance)
            .PublishAsync(RandomGeneration.Create(items, Users, Width, seed), cancellationToken);
}

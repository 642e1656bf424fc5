using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// A Server under a steady load while generations follow each other and its Redis is taken away once and comes back empty. Every call has a right to an answer, from
/// one generation.
/// </summary>
internal sealed class EnduranceFigures(BenchServer server)
{
    private const int Width = 64;
    private const int Users = 2000;
    private const uint K = 20;
    private const double Rate = 200;
    private const int Keep = 2;

    private static readonly TimeSpan BetweenSwaps = TimeSpan.FromSeconds(5);

    private long _mixed;

    /// <summary>Measures for a while.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="configuration">A Redis, which stays; null: an embedded one, which goes once and comes back empty.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureAsync(Figures figures, int items, TimeSpan duration, string? configuration, CancellationToken cancellationToken)
    {
        figures.Begin("Preparing generations");
        var embedded = configuration is null ? EmbeddedRedis.Start() : null;
        configuration ??= embedded!.Configuration;
        try
        {
            using var redis = new RedisConnection(new() { Configuration = configuration, KeyPrefix = $"rearm-bench-{Guid.NewGuid():N}" });
            await PublishAsync(redis, items, snapshot: 1, cancellationToken);
            await using var server = await BenchServer.StartAsync(configuration, redis.Keys.Prefix, cancellationToken);
            await server.ServesAsync(1, cancellationToken);
            var endurance = new EnduranceFigures(server);
            // Once beforehand, so that memory is compared with that of a Server that has swapped.
            await PublishAsync(redis, items, snapshot: 2, cancellationToken);
            await server.ServesAsync(2, cancellationToken);
            var memory = GC.GetTotalMemory(forceFullCollection: true);

            var begun = figures.Begin("Load", "calls", (long)(Rate * duration.TotalSeconds));
            var calls = OpenLoop.RunAsync(Rate, duration, endurance.AskAsync, cancellationToken, begun);
            var swaps = 0;
            while (!calls.IsCompleted)
            {
                await Task.WhenAny(calls, Task.Delay(Shorter(BetweenSwaps, duration / 4), cancellationToken));
                if (swaps == 0 && embedded is not null)
                {
                    await embedded.DisposeAsync();
                    await Task.WhenAny(calls, Task.Delay(Shorter(BetweenSwaps, duration / 4) / 2, cancellationToken));
                    embedded = EmbeddedRedis.Start(embedded.Port);
                }
                await PublishAsync(redis, items, 3 + swaps++, cancellationToken);
            }
            var result = await calls;
            figures.Add("endurance.calls", result.Statuses.Length, $"calls at {Rate:0}/s for {duration.TotalSeconds:0} s, {items:N0} items");
            figures.Add("endurance.swaps", swaps, embedded is null
                ? "generations that followed each other meanwhile"
                : "generations that followed each other meanwhile; Redis went once and came back empty");
            figures.Add("endurance.failed", result.Failed, "calls that failed, refused ones aside");
            figures.Add("endurance.refused", result.Statuses.Length * result.RefusedShare, "calls that were refused because too many ran: the machine was too slow for the load");
            figures.Add("endurance.mixed", Interlocked.Read(ref endurance._mixed), "answers with items of another generation than the one they name");
            figures.Add("endurance.p99_ms", result.Percentile(99), "ms, publishing in the same process");
            figures.Add("endurance.memory_growth", GC.GetTotalMemory(forceFullCollection: true) / (double)memory, embedded is null
                ? "times the managed memory of before"
                : "times the managed memory of before, the embedded Redis's included, which keeps what was written before");
        }
        finally
        {
            if (embedded is not null)
                await embedded.DisposeAsync();
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // An empty Redis counts generations from one again, so a generation is known by its snapshot's hash, which its items' names begin with.

    private static Task PublishAsync(RedisConnection redis, int items, int snapshot, CancellationToken cancellationToken) =>
        new GenerationPublisher(redis, Keep, TimeProvider.System, NullLogger<GenerationPublisher>.Instance)
            .PublishAsync(RandomGeneration.Create(items, Users, Width, snapshot, $"{snapshot:x}-"), cancellationToken);

    private async Task AskAsync(int number, CancellationToken cancellationToken)
    {
        var answer = await server.Client.RecommendAsync(new() { UserId = $"u{number % Users}", K = K }, cancellationToken: cancellationToken);
        if (answer.Items.Count != K || answer.Items.Any(item => !item.ItemId.StartsWith($"{answer.Generation.SnapshotHash}-", StringComparison.Ordinal)))
            Interlocked.Increment(ref _mixed);
    }
}

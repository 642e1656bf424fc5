using Grpc.Core;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What limits on running calls do (Server:MaxRunningCalls), in turns: well below capacity, near it and beyond it. Rates are fixed, because what a machine can
/// do at the moment is no measure to compare limits by.
/// </summary>
internal static class OverloadFigures
{
    private static readonly int[] PerCore = [8, 16, 24, 64];
    private static readonly double[] Rates = [2000, 3500, 8000];

    /// <summary>Measures a Server of so many items.</summary>
    /// <param name="figures">Takes what is measured: medians, with the least and the greatest.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="rounds">How often each is measured.</param>
    /// <param name="duration">Of each load.</param>
    /// <param name="configuration">A Redis; null for an embedded one.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureAsync(Figures figures, int items, int rounds, TimeSpan duration, string? configuration, CancellationToken cancellationToken)
    {
        await using var embedded = configuration is null ? EmbeddedRedis.Start() : null;
        var prefix = $"rearm-bench-{Guid.NewGuid():N}";
        configuration ??= embedded!.Configuration;
        using var redis = new RedisConnection(new() { Configuration = configuration, KeyPrefix = prefix });
        figures.Begin($"Preparing {items:N0} items");
        await RandomShop.WriteAsync(redis, items, cancellationToken);
        var results = new Dictionary<(int PerCore, double Rate), List<LoadResult>>();
        // One more, in which everything is compiled.
        for (var round = 0; round <= rounds; round++)
            foreach (var perCore in PerCore)
            {
                await using var server = await BenchServer.StartAsync(
                    configuration, prefix, cancellationToken, $"--Server:MaxRunningCalls={perCore * Environment.ProcessorCount}");
                await server.ServesAsync(1, cancellationToken);
                foreach (var rate in Rates.Select(perSecond => perSecond * Environment.ProcessorCount))
                {
                    var load = $"{perCore} for each core, {rate:0} calls a second, round {round} of {rounds}";
                    var result = await OpenLoop.RunAsync(
                        rate, duration, (number, cancel) => LoadFigures.AskAsync(server, number, cancel), cancellationToken,
                        figures.Begin(load, "calls", (long)(rate * duration.TotalSeconds)));
                    if (result.Statuses.FirstOrDefault(s => s is not (StatusCode.OK or StatusCode.ResourceExhausted)) is var status and not StatusCode.OK)
                        throw new InvalidOperationException($"{result.Failed} calls failed, the first with {status}.");
                    if (round == 0)
                        continue;
                    if (!results.TryGetValue((perCore, rate), out var all))
                        results[(perCore, rate)] = all = [];
                    all.Add(result);
                }
            }
        foreach (var ((perCore, rate), all) in results)
        {
            Add("p50_ms", "ms", result => result.Percentile(50));
            Add("p99_ms", "ms", result => result.Percentile(99));
            Add("answered_share", $"of {rate:0} calls a second", result => 1 - result.RefusedShare);

            void Add(string figure, string unit, Func<LoadResult, double> of)
            {
                double[] values = [.. all.Select(of).Order()];
                figures.Add(
                    $"serve.{items}.limit_{perCore}_per_core.rate_{rate:0}.{figure}", values[values.Length / 2],
                    $"{unit} ({values[0]:0.###} to {values[^1]:0.###})");
            }
        }
    }
}

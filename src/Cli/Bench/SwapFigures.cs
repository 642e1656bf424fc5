using System.Globalization;
using Grpc.Core;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What it costs a Server, a process of its own, to load another generation and to serve that: latencies of calls that were due before, while and after it did, its
/// memory, and its garbage collector's work. It goes back and forth between two generations, under a steady load.
/// </summary>
internal static class SwapFigures
{
    private const int Swaps = 4;
    private const uint K = 20;
    private const double Mebibyte = 1 << 20;

    // Loads until the server's code is compiled as it will stay.
    private const int WarmUps = 2;

    private static readonly TimeSpan LongestSwap = TimeSpan.FromMinutes(5);

    /// <summary>Measures one size.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="rate">Calls a second.</param>
    /// <param name="duration">Of the load before a swap, and after it.</param>
    /// <param name="configuration">A Redis; null for an embedded one.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureAsync(
        Figures figures, int items, double rate, TimeSpan duration, string? configuration, CancellationToken cancellationToken)
    {
        await using var embedded = configuration is null ? EmbeddedRedis.Start() : null;
        var prefix = $"rearm-bench-{Guid.NewGuid():N}";
        configuration ??= embedded!.Configuration;
        using var redis = new RedisConnection(new() { Configuration = configuration, KeyPrefix = prefix });
        figures.Begin($"Preparing {items:N0} items and {RandomShop.Users:N0} users");
        await RandomShop.WriteAsync(redis, items, cancellationToken);
        // What was published is of no more use, and would be collected while latencies are measured.
        GC.Collect();
        await using var server = await ServerProcess.StartAsync(configuration, prefix, cancellationToken);
        await server.ServesAsync(1, cancellationToken);
        for (var warmUp = 0; warmUp < WarmUps; warmUp++)
            await LoadAsync("Warming up", duration);
        var swaps = new List<Swap>();
        for (var number = 0; number < Swaps; number++)
            swaps.Add(await SwapAsync(number % 2 == 0 ? 2 : 1));
        Report(figures, items, rate, swaps);

        Task<LoadResult> LoadAsync(string what, TimeSpan time, Task? end = null) => OpenLoop.RunAsync(
            rate, time, AskAsync, cancellationToken, figures.Begin(what, "calls", end is null ? (long)(rate * time.TotalSeconds) : 0), end);

        async Task AskAsync(int call, CancellationToken cancel) =>
            await server.Client.RecommendAsync(new() { UserId = RandomShop.UserOf(call), K = K }, cancellationToken: cancel);

        async Task<Swap> SwapAsync(long generation)
        {
            var (time, ended) = (new CpuTime(), new TaskCompletionSource());
            var load = LoadAsync($"A swap to generation {generation}", LongestSwap, ended.Task);
            await Task.Delay(duration, cancellationToken);
            var (memory, collector) = (server.Memory, await server.CollectorAsync(cancellationToken));
            memory.ForgetPeak();
            var (resident, start) = (memory.Now, time.Seconds);
            await new GenerationRegistry(redis).PinAsync(generation, cancellationToken);
            await server.ServesAsync(generation, cancellationToken);
            var (peak, end) = (memory.Peak, time.Seconds);
            collector = await server.CollectorAsync(cancellationToken) - collector;
            await Task.Delay(duration, cancellationToken);
            ended.SetResult();
            var result = await load;
            if (result.Failed > 0)
                throw new InvalidOperationException($"{result.Failed} of {result.Statuses.Length} calls failed, the first with {result.Statuses.First(s => s is not (StatusCode.OK or StatusCode.ResourceExhausted))}.");
            return new(
                end - start, result.Between(0, start), result.Between(start, end), result.Between(end, double.PositiveInfinity), result.RefusedShare,
                collector, resident, peak, memory.Now);
        }
    }

    private static void Report(Figures figures, int items, double rate, List<Swap> swaps)
    {
        var matrix = (double)items * RandomShop.Width * sizeof(float) / Mebibyte;
        Add("seconds", swap => swap.Seconds, "s from the pin to the first status that names the generation");
        Add("before_p99_ms", swap => swap.Before.Percentile(99), $"ms, of calls that were due before it, at {rate:0} a second");
        Add("during_p99_ms", swap => swap.During.Percentile(99), "ms, of those that were due meanwhile");
        Add("after_p99_ms", swap => swap.After.Percentile(99), "ms, of those after");
        Add("during_p50_ms", swap => swap.During.Percentile(50), "ms");
        Add("during_longest_ms", swap => swap.During.Percentile(100), "ms");
        Add("refused_share", swap => swap.Refused, "of the calls: the machine was too slow for the load");
        Add("gc_pause_ms", swap => swap.Collector.PauseMs, "ms for which the garbage collector stopped the Server's threads meanwhile, in all");
        Add("gc_young", swap => swap.Collector.Young, "collections of generations 0 and 1");
        Add("gc_full", swap => swap.Collector.Full, "collections of generation 2, those in the background included");
        if (swaps.Any(swap => swap.ResidentMib is null))
        {
            figures.Skip($"swap.{items}.resident_mib", "Linux alone says it");
            return;
        }
        var (before, peak) = (swaps[0].ResidentMib!.Value, swaps.Max(swap => swap.PeakMib!.Value));
        figures.Add($"swap.{items}.resident_mib", before, $"MiB, the Server's process before the first swap; the item matrix has {matrix:N0}");
        figures.Add($"swap.{items}.peak_mib", peak, "MiB, at most during a swap");
        figures.Add($"swap.{items}.left_mib", swaps[^1].LeftMib!.Value, "MiB, after the last one");
        figures.Add($"swap.{items}.peak_matrices", peak / matrix, "times the item matrix: all that the process has, at most");
        figures.Add($"swap.{items}.added_matrices", (peak - before) / matrix, "times the item matrix: what swaps take beside what there was");

        void Add(string name, Func<Swap, double> value, string unit)
        {
            double[] values = [.. swaps.Select(value).Order()];
            figures.Add($"swap.{items}.{name}", (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2, unit);
            figures.Say($"  {string.Join(", ", swaps.Select(value).Select(v => v.ToString("0.##", CultureInfo.InvariantCulture)))}");
        }
    }

    /// <summary>One swap.</summary>
    private sealed record Swap(
        double Seconds, LoadResult Before, LoadResult During, LoadResult After, double Refused, CollectorWork Collector, double? ResidentMib, double? PeakMib,
        double? LeftMib);
}

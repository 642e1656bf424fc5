using Grpc.Core;
using Grpc.Health.V1;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>A Server under load over gRPC, with the client and, unless another is named, Redis in the same process.</summary>
internal sealed class LoadFigures
{
    private const uint K = 20;
    private const double FirstRate = 250;
    private const double Step = 1.4;
    private const double LowestRate = 5;
    private const int MostWarmUps = 6;
    private const int CpuCalls = 20_000;

    // Fewer than may run on one core.
    private const int CpuParallel = 8;

    // Of the rate meant, so many must have begun: else it is the client that is at its limit.
    private const double LeastBegun = 0.97;

    // Bursts are refused when calls come at a rate that is borne on the whole.
    private const double MostRefused = 0.01;

    private readonly Figures _figures;
    private readonly string _name;
    private readonly int _items;
    private readonly TimeSpan _duration;

    // Of p99, in milliseconds. A search among a million items alone takes longer than the first.
    private readonly double _latencyLimit;

    private readonly RedisConnection _redis;
    private readonly BenchServer _server;
    private readonly Health.HealthClient _health;

    private LoadFigures(Figures figures, int items, TimeSpan duration, RedisConnection redis, BenchServer server)
    {
        (_figures, _name, _items, _duration, _redis, _server) = (figures, $"serve.{items}", items, duration, redis, server);
        _latencyLimit = items <= 100_000 ? 10 : 100;
        _health = new(server.Channel);
    }

    /// <summary>Measures a Server of so many items.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="duration">Of each load.</param>
    /// <param name="configuration">A Redis; null for an embedded one.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureAsync(Figures figures, int items, TimeSpan duration, string? configuration, CancellationToken cancellationToken)
    {
        await using var embedded = configuration is null ? EmbeddedRedis.Start() : null;
        var prefix = $"rearm-bench-{Guid.NewGuid():N}";
        configuration ??= embedded!.Configuration;
        using var redis = new RedisConnection(new() { Configuration = configuration, KeyPrefix = prefix });
        figures.Begin($"Preparing {items:N0} items and {RandomShop.Users:N0} users");
        await RandomShop.WriteAsync(redis, items, cancellationToken);
        await using var server = await BenchServer.StartAsync(configuration, prefix, cancellationToken);
        await server.ServesAsync(1, cancellationToken);
        await using var shop = await LiveShop.OpenAsync(redis, items, cancellationToken);
        await new LoadFigures(figures, items, duration, redis, server).MeasureAsync(cancellationToken);
    }

    /// <summary>The call that the load consists of.</summary>
    public static async Task AskAsync(BenchServer server, int number, CancellationToken cancellationToken) =>
        await server.Client.RecommendAsync(new() { UserId = RandomShop.UserOf(number), K = K }, cancellationToken: cancellationToken);

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        // Until code is compiled and the live catalogue is read, which of a million items takes some time.
        var isWarm = false;
        for (var load = 0; load < MostWarmUps && !isWarm; load++)
            isWarm = Holds(await LoadAsync("Warming up", FirstRate, _duration, AskAsync, cancellationToken));
        var (found, bad) = await RateSearch.FindAsync(FirstRate, Step, LowestRate, rate => TryAsync(rate, cancellationToken), Holds);
        var good = found ?? bad;
        _figures.Add($"{_name}.requests_per_second", good.Rate, found is null
            ? $"requests/s, the lowest rate tried: p99 is above {_latencyLimit} ms even there"
            : $"requests/s, the most at which p99 stays below {_latencyLimit} ms and at most {MostRefused:P0} are refused, tried in steps of {Step}");
        Report("", good);
        var half = good.Rate / 2;
        Report("half_", await LoadAsync("Half of the rate", half, _duration, AskAsync, cancellationToken));
        Report("filtered_", await LoadAsync("With filters", half, _duration, AskFilteredAsync, cancellationToken));

        _figures.Begin("Processor time");
        await CpuAsync("cpu_us_per_request", AskAsync, "processor time of client and Server for an answer", cancellationToken);
        await CpuAsync("cpu_us_per_empty_call", CheckAsync, "of it for a call that does nothing: grpc.health.v1", cancellationToken);
        var users = new UserReader(_redis, new RedisPatience(_redis, TimeSpan.FromSeconds(10)));
        await CpuAsync("cpu_us_per_user_read", (number, cancel) => users.ReadAsync(RandomShop.UserOf(number), 1, cancel), "of it for reading the user from Redis, this process's part", cancellationToken);

        var overload = await LoadAsync("Overload", 2 * bad.Rate, _duration, AskAsync, cancellationToken);
        _figures.Add($"{_name}.overload_refused_share", overload.RefusedShare, $"of {overload.Rate:0} requests/s");
        Report("overload_", overload);

        var swapping = LoadAsync("A swap of generations", half, 2 * _duration, AskAsync, cancellationToken);
        await Task.Delay(_duration / 2, cancellationToken);
        await new GenerationRegistry(_redis).UnpinAsync(cancellationToken);
        Report("swap_", await swapping);
        await _server.ServesAsync(2, cancellationToken);
    }

    private Task<LoadResult> LoadAsync(
        string what, double rate, TimeSpan duration, Func<int, CancellationToken, Task> call, CancellationToken cancellationToken) =>
        OpenLoop.RunAsync(rate, duration, call, cancellationToken, _figures.Begin(what, "calls", (long)(rate * duration.TotalSeconds)));

    // In processor time, because it says the same however busy the machine is with other things.
    private async Task CpuAsync(string name, Func<int, CancellationToken, Task> call, string meaning, CancellationToken cancellationToken)
    {
        await RunAsync(CpuCalls / 10);
        var cpu = new CpuTime();
        await RunAsync(CpuCalls);
        _figures.Add($"{_name}.{name}", cpu.CpuSeconds / CpuCalls * 1e6, $"us, {meaning}");

        Task RunAsync(int calls) =>
            Parallel.ForAsync(0, calls, new ParallelOptions { MaxDegreeOfParallelism = CpuParallel, CancellationToken = cancellationToken }, async (number, cancel) => await call(number, cancel));
    }

    private async Task CheckAsync(int number, CancellationToken cancellationToken) => await _health.CheckAsync(new(), cancellationToken: cancellationToken);

    private async Task<LoadResult> TryAsync(double rate, CancellationToken cancellationToken)
    {
        var result = await LoadAsync($"Looking for the limit at {rate:0} calls a second", rate, _duration, AskAsync, cancellationToken);
        foreach (var percent in (int[])[50, 99])
            _figures.Point("latency, ms", $"p{percent}, {_items:N0} items", result.Begun, result.Percentile(percent));
        _figures.Say($"  {rate:0} requests/s: p50 {result.Percentile(50):0.00} ms, p99 {result.Percentile(99):0.00} ms, begun {result.Begun:0}/s{(Holds(result) ? "" : ": too many")}");
        return result;
    }

    private bool Holds(LoadResult result) =>
        result.Percentile(99) <= _latencyLimit && result is { RefusedShare: <= MostRefused, Failed: 0 } && result.Begun >= LeastBegun * result.Rate;

    private void Report(string what, LoadResult result)
    {
        _figures.Add($"{_name}.{what}p50_ms", result.Percentile(50), $"ms at {result.Rate:0} requests/s");
        _figures.Add($"{_name}.{what}p99_ms", result.Percentile(99), "ms");
        if (result.Failed > 0)
            throw new InvalidOperationException($"{result.Failed} of {result.Statuses.Length} calls failed, the first with {result.Statuses.First(s => s is not (StatusCode.OK or StatusCode.ResourceExhausted))}.");
    }

    private Task AskAsync(int number, CancellationToken cancellationToken) => AskAsync(_server, number, cancellationToken);

    private async Task AskFilteredAsync(int number, CancellationToken cancellationToken)
    {
        var request = new RecommendRequest { UserId = RandomShop.UserOf(number), K = K, Categories = { $"c{number % RandomGeneration.Categories}", $"c{(number + 1) % RandomGeneration.Categories}" } };
        for (var i = 0; i < 100; i++)
            request.ExcludedItemIds.Add($"i{(number + i) * 31 % 1000}");
        await _server.Client.RecommendAsync(request, cancellationToken: cancellationToken);
    }
}

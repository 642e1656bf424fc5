using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking.Lanes;
using Rearm.Streaming.Storage.Generations;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>
/// Builds an index for each generation that is served and has many items, beside answering, measures what it finds of the exact best 20, and lets it answer
/// if that is enough. A generation that follows ends the work.
/// </summary>
internal sealed partial class ApproximateIndexing(
    GenerationFollower follower, GenerationReader generations, IOptions<ServerOptions> options, ILogger<ApproximateIndexing> logger) : BackgroundService
{
    private const int K = 20;
    private const int Sample = 4 * TopKScan.MaxQueries;

    // Fewer say little of the others.
    private const int LeastSample = 10;

    private volatile Progress? _progress;

    /// <summary>What answers from a generation are like; null: there is to be no index at all.</summary>
    public ApproximateSearch? StatusOf(LoadedGeneration generation) =>
        options.Value.ApproximateFrom == 0 ? null
        : _progress is { } progress && progress.Generation == generation ? progress.Status
        : new() { Reason = "The index is not built yet." };

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ApproximateFrom == 0)
            return;
        LoadedGeneration? generation = null;
        while (!stoppingToken.IsCancellationRequested)
            try
            {
                generation = await follower.NextAsync(generation, stoppingToken);
                // The one before is not to be kept in memory while this one's index is built.
                _progress = null;
                Report(generation, await IndexAsync(generation, stoppingToken));
            }
            catch (OperationCanceledException)
            {
                // The Server stops, or serves another generation.
            }
            catch (Exception e) when (e is InvalidOperationException or ContractException or TypeLoadException or BadImageFormatException)
            {
                // The library is not there or not the right one, there is no memory for an index, or the generation is gone from Redis.
                Report(generation!, new() { Reason = e.Message });
            }
    }

    private async Task<ApproximateSearch> IndexAsync(LoadedGeneration generation, CancellationToken stoppingToken)
    {
        if (!HasManyItems(generation))
            return new() { Reason = $"There are {generation.Items.Count} items, fewer than {options.Value.ApproximateFrom} (Server:ApproximateFrom)." };
        var users = await SampleAsync(generation, stoppingToken);
        if (users.Length < LeastSample)
            return new() { Reason = $"Redis has vectors of {users.Length} users to measure an index with; {LeastSample} are needed." };
        return await Task.Factory.StartNew(
            () => Index(generation, users, stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private ApproximateSearch Index(LoadedGeneration generation, float[][] users, CancellationToken stoppingToken)
    {
        var start = Stopwatch.GetTimestamp();
        var index = new ApproximateIndex(
            generation.Items, generation.Available, options.Value.ApproximateExpansion, options.Value.Searches, () => IsWanted(generation, stoppingToken));
        var status = new ApproximateSearch { BuildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds, Bytes = index.Bytes };
        status.Recall = Recall(generation, index, users);
        status.Used = status.Recall >= options.Value.ApproximateMinRecall;
        if (status.Used)
            generation.Items.Approximate = index;
        else
        {
            index.Dispose();
            status.Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"The index finds {status.Recall:0.000} of the best {K} items, less than {options.Value.ApproximateMinRecall} (Server:ApproximateMinRecall).");
        }
        return status;
    }

    private bool HasManyItems(LoadedGeneration generation) => generation.Items.Count >= options.Value.ApproximateFrom;

    private bool IsWanted(LoadedGeneration generation, CancellationToken stoppingToken) =>
        !stoppingToken.IsCancellationRequested && follower.Current.Generation == generation;

    private async Task<float[][]> SampleAsync(LoadedGeneration generation, CancellationToken cancellationToken)
    {
        while (IsWanted(generation, cancellationToken))
            try
            {
                var (ids, step, n) = (new List<string>(Sample), Math.Max(1, generation.Manifest.Users / Sample), 0L);
                await foreach (var id in generations.ReadUserIdsAsync(generation.Manifest.Number, cancellationToken))
                    if (n++ % step == 0 && ids.Count < Sample)
                        ids.Add(id);
                var vectors = await generations.ReadVectorsAsync(generation.Manifest, ids, cancellationToken);
                return [.. vectors.OfType<float[]>().Where(vector => vector.AsSpan().ContainsAnyExcept(0))];
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                // The follower says so.
                await Task.Delay(options.Value.PollInterval, cancellationToken);
            }
        throw new OperationCanceledException();
    }

    // A search that the index does not answer is exact, so it finds everything.
    private static double Recall(LoadedGeneration generation, ApproximateIndex index, float[][] users)
    {
        var engine = new TopKEngine(Options.Create(new ServerOptions { SearchThreads = 1 }));
        var scan = new TopKScan(ScanKernel.Widest);
        var (rows, scores) = (new int[K], new float[K]);
        var (hits, wanted) = (0, 0);
        foreach (var user in users)
        {
            var query = engine.Rent(generation.Items, K);
            user.CopyTo(query.Vector);
            generation.Available.CopyTo(query.Allowed);
            scan.Run(new(ref query));
            var best = query.Rows[..query.Found];
            wanted += best.Length;
            hits += index.Find(user, generation.Available, rows, scores) is var found and not ApproximateIndex.NotAnswered
                ? Common(best, rows.AsSpan(0, found))
                : best.Length;
            engine.Return(query);
        }
        return wanted == 0 ? 1 : hits / (double)wanted;
    }

    private static int Common(ReadOnlySpan<int> best, ReadOnlySpan<int> found)
    {
        var common = 0;
        foreach (var row in found)
            common += best.Contains(row) ? 1 : 0;
        return common;
    }

    private void Report(LoadedGeneration generation, ApproximateSearch status)
    {
        _progress = new(generation, status);
        if (status.Used)
            LogUsed(generation.Manifest.Number, status.Recall, status.BuildSeconds, status.Bytes);
        else
            LogExact(HasManyItems(generation) ? LogLevel.Warning : LogLevel.Information, generation.Manifest.Number, status.Reason);
    }

    private sealed record Progress(LoadedGeneration Generation, ApproximateSearch Status);

    [LoggerMessage(
        4101,
        LogLevel.Information,
        "Generation {Number} answers from an index that finds {Recall:0.000} of the best 20: {Seconds:0.0} s to build, {Bytes} bytes")]
    private partial void LogUsed(long number, double recall, double seconds, long bytes);

    [LoggerMessage(EventId = 4102, Message = "Generation {Number} answers exactly. {Reason}")]
    private partial void LogExact(LogLevel level, long number, string reason);
}

using System.Diagnostics;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Progress;
using Rearm.Streaming.Storage.Generations;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Loads generations that are to be served, one at a time, beside whatever is done meanwhile. One that can't be loaded is refused, and retried when it changes
/// or after a minute; one that could not be read, in a few seconds. For one thread, which looks now and then.
/// </summary>
/// <param name="generations">Where they are.</param>
/// <param name="options">Say how many users' vectors each keeps at most.</param>
/// <param name="logger">Where it says what was loaded.</param>
/// <param name="time">The clock.</param>
internal sealed partial class GenerationLoader(
    GenerationReader generations, IOptions<ServerOptions> options, ILogger<GenerationFollower> logger, TimeProvider time)
{
    private static readonly TimeSpan RetryRefusedAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryUnreadAfter = TimeSpan.FromSeconds(5);

    // What is loaded and not served yet.
    private readonly List<LoadedGeneration> _ready = [];
    private readonly Dictionary<long, Refusal> _refused = [];
    private Loading? _loading;

    /// <summary>Completes once there is something to <see cref="TakeAsync"/>; null: nothing is being loaded.</summary>
    public Task? Ended => _loading?.Task;

    /// <summary>Takes what has been loaded, if that is over.</summary>
    public async Task TakeAsync()
    {
        if (_loading is not { Task.IsCompleted: true } ended)
            return;
        _loading = null;
        using var stop = ended.Stop;
        try
        {
            var (generation, problem) = await ended.Task;
            if (generation is null)
            {
                Refuse(ended, problem, RetryRefusedAfter);
                return;
            }
            _refused.Clear();
            _ready.Add(generation);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Nobody wants it any more, whatever kept it from being loaded.
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            var reason = e is RedisServerException ? $"Redis answers with an error: {e.Message}" : "Redis does not answer.";
            Refuse(ended, $"Generation {ended.Number} can't be read, and is tried again: {reason}", RetryUnreadAfter);
        }
    }

    /// <summary>
    /// Looks which generations are loaded, and begins to load one that is not. What was being loaded, and is none of them, is dropped.
    /// </summary>
    /// <param name="numbers">Theirs.</param>
    /// <param name="served">Those that are served.</param>
    /// <param name="waits">Whether to go on until each is loaded or refused.</param>
    /// <param name="cancellationToken">Ends the loading, too.</param>
    /// <returns>What is known of each, in their order.</returns>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task<LoadResult[]> LookAsync(long[] numbers, LoadedGeneration[] served, bool waits, CancellationToken cancellationToken)
    {
        if (_loading is { } unwanted && !numbers.Contains(unwanted.Number))
            await unwanted.Stop.CancelAsync();
        while (true)
        {
            await TakeAsync();
            _ready.RemoveAll(one => served.Contains(one) || !numbers.Contains(one.Manifest.Number));
            var results = new LoadResult[numbers.Length];
            for (var i = 0; i < numbers.Length; i++)
                results[i] = await LookAsync(numbers[i], served, cancellationToken);
            if (!waits || !results.Any(result => result.IsLater))
                return results;
            await EndAsync();
        }
    }

    /// <summary>Drops what is being loaded, and waits for the end of that.</summary>
    public async Task StopAsync()
    {
        if (_loading is { } loading)
            await loading.Stop.CancelAsync();
        await EndAsync();
        await TakeAsync();
    }

    private async Task EndAsync()
    {
        if (_loading is { } loading)
            await ((Task)loading.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<LoadResult> LookAsync(long number, LoadedGeneration[] served, CancellationToken cancellationToken)
    {
        // The manifest identifies a generation, not the number: a Redis that was emptied counts from one again.
        var manifest = await generations.ReadManifestAsync(number, cancellationToken);
        // While users are being erased it changes again and again. What was loaded of it is served before it is loaded anew, so that there is an end to it.
        if ((Array.Find(served, one => Same(manifest, one.ManifestBytes)) ?? _ready.Find(one => one.Manifest.Number == number)) is { } loaded)
            return new(loaded, "");
        if (_refused.TryGetValue(number, out var refused) && Same(manifest, refused.Manifest) && time.GetElapsedTime(refused.At) < refused.RetryAfter)
            return new(Array.Find(served, one => one.Manifest.Number == number), refused.Problem);
        _loading ??= Begin(number, manifest, cancellationToken);
        return LoadResult.Later;
    }

    private void Refuse(Loading ended, string problem, TimeSpan retryAfter) =>
        _refused[ended.Number] = new(ended.Manifest, problem, time.GetTimestamp(), retryAfter);

    private Loading Begin(long number, byte[]? manifest, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return new(number, manifest, stop, LoadAsync(number, manifest, stop.Token));
    }

    private async Task<LoadResult> LoadAsync(long number, byte[]? manifest, CancellationToken cancellationToken)
    {
        using var span = ServerTracing.Source.StartActivity("load generation");
        span?.SetTag("rearm.generation.number", number);
        try
        {
            using var progress = new ProgressLog(logger, time);
            var start = Stopwatch.GetTimestamp();
            // What the last load and the generation before left behind is given back first, beside answers: without it a third one's memory was there for a while,
            // measured at a million items.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            var generation = await AsideThread.RunAsync(() => ReadAsync(number, manifest, progress, cancellationToken), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (ActivityContext.TryParse(generation.Manifest.Snapshot.Traceparent, traceState: null, isRemote: true, out var snapshotSpan))
                span?.AddLink(new(snapshotSpan));
            LogServing(number, generation.Manifest.Items, generation.Manifest.Users, generation.Dimension, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return new(generation, "");
        }
        catch (Exception e) when (e is ContractException or OutOfMemoryException)
        {
            var reason = e is OutOfMemoryException ? TooLarge(GenerationCodec.ReadManifest(manifest!)) : e.Message;
            span?.SetStatus(ActivityStatusCode.Error, reason);
            return new(null, $"Generation {number} is refused: {reason} The next one published replaces it: rearm models train makes one.");
        }
    }

    private async Task<LoadedGeneration> ReadAsync(long number, byte[]? manifest, ProgressLog progress, CancellationToken cancellationToken)
    {
        ItemLoading items = null!;
        var stored = await generations.ReadAsync(number, manifest, read => (items = new(read)).Take, cancellationToken, progress.Begin);
        progress.Begin($"Preparing the search in generation {number}", "", 0);
        return new(stored, items, options.Value.CachedUsers);
    }

    // The old one stays until the new one is served, so there has to be room for both.
    private static string TooLarge(GenerationManifest manifest) =>
        $"its {manifest.Items} items of {manifest.Dimension} numbers are too many for this process, which may take "
        + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, beside what it serves. Give it more memory, or train with fewer items or dimensions.";

    private static bool Same(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);

    private sealed record Loading(long Number, byte[]? Manifest, CancellationTokenSource Stop, Task<LoadResult> Task);

    private sealed record Refusal(byte[]? Manifest, string Problem, long At, TimeSpan RetryAfter);

    [LoggerMessage(
        4001, LogLevel.Information, "Serving generation {Number}: {Items} items, {Users} users, {Dimension} numbers each, loaded in {Milliseconds:0} ms")]
    private partial void LogServing(long number, long items, long users, int dimension, double milliseconds);
}

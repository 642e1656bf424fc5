using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Follows the pointer to the current generation, forwards and backwards: loads the generation it names beside the one being served, then swaps one
/// reference. A generation that can't be loaded is refused and reported, and retried when it changes or after a minute.
/// </summary>
internal sealed partial class GenerationFollower(
    GenerationReader generations, LiveCatalogue live, IOptions<ServerOptions> options, ILogger<GenerationFollower> logger, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan RetryRefusedAfter = TimeSpan.FromMinutes(1);

    private volatile ServingState _current = ServingState.Nothing;
    private Refusal? _refused;

    /// <summary>What is being served. Take it once per answer.</summary>
    public ServingState Current => _current;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.PollInterval, time);
            do
                await FollowAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The Server is stopping; requests in progress keep the state they took.
        }
    }

    /// <summary>Polls once, and serves what it finds.</summary>
    internal async Task FollowAsync(CancellationToken cancellationToken)
    {
        var before = _current;
        ServingState after;
        try
        {
            var pointer = await generations.ReadPointerAsync(cancellationToken);
            var (generation, problem) = await FollowPointerAsync(pointer, before.Generation, cancellationToken);
            var restrictions = await ReadRestrictionsAsync(generation, cancellationToken);
            var popular = generation is null ? await live.ReadPopularAsync(cancellationToken) : null;
            after = generation == before.Generation && problem == before.Problem && generation is not null && restrictions == before.Live
                ? before
                : ServingState.Of(generation, popular, restrictions, problem);
        }
        catch (RedisServerException e)
        {
            after = before with { Problem = $"Redis answers with an error: {e.Message}" };
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The exception's message differs from poll to poll; /readyz shows it.
            after = before with { Problem = "Redis does not answer; a newer generation would not be noticed." };
        }
        catch (ContractException e)
        {
            after = before with { Problem = e.Message };
        }
        Announce(before.Problem, after);
        _current = after;
    }

    private async Task<LiveRestrictions> ReadRestrictionsAsync(LoadedGeneration? generation, CancellationToken cancellationToken)
    {
        var cutAt = generation?.Manifest.Snapshot.CutAt?.ToDateTimeOffset().ToUnixTimeMilliseconds() ?? 0;
        return new(
            await live.IsWrittenAsync(cancellationToken), await live.ReadHiddenAsync(cancellationToken), await live.ReadErasedUsersAsync(cutAt, cancellationToken));
    }

    private async Task<(LoadedGeneration? Generation, string Problem)> FollowPointerAsync(
        string? pointer, LoadedGeneration? serving, CancellationToken cancellationToken)
    {
        if (pointer is null)
            return (serving, serving is null ? "" : "Redis names no current generation any more.");
        if (!long.TryParse(pointer, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (serving, $"The pointer to the current generation holds \"{pointer}\"; a number is needed.");

        // The manifest identifies a generation, not the number: a Redis that was emptied counts from one again.
        var manifest = await generations.ReadManifestAsync(number, cancellationToken);
        if (serving is not null && Same(manifest, serving.ManifestBytes))
            return (serving, "");
        if (_refused is { } refused && refused.Number == number && Same(manifest, refused.Manifest) && time.GetElapsedTime(refused.At) < RetryRefusedAfter)
            return (serving, refused.Problem);
        using var span = ServerTracing.Source.StartActivity("load generation");
        span?.SetTag("rearm.generation.number", number);
        try
        {
            var start = Stopwatch.GetTimestamp();
            var loaded = new LoadedGeneration(await generations.ReadAsync(number, manifest, cancellationToken));
            _refused = null;
            if (ActivityContext.TryParse(loaded.Manifest.Snapshot.Traceparent, traceState: null, isRemote: true, out var snapshotSpan))
                span?.AddLink(new(snapshotSpan));
            LogServing(number, loaded.Manifest.Items, loaded.Manifest.Users, loaded.Dimension, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return (loaded, "");
        }
        catch (ContractException e)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            _refused = new(number, manifest, $"Generation {number} is refused: {e.Message}", time.GetTimestamp());
            return (serving, _refused.Problem);
        }
    }

    private static bool Same(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);

    private void Announce(string before, ServingState after)
    {
        if (after.Problem == before)
            return;
        if (after.Problem.Length > 0)
            LogProblem(after.Problem, after.Generation?.Manifest.Number ?? 0);
        else if (before != ServingState.Nothing.Problem)
            LogSolved(after.Generation?.Manifest.Number ?? 0);
    }

    private sealed record Refusal(long Number, byte[]? Manifest, string Problem, long At);

    [LoggerMessage(4001, LogLevel.Information, "Serving generation {Number}: {Items} items, {Users} users, {Dimension} numbers each, loaded in {Milliseconds:0} ms")]
    private partial void LogServing(long number, long items, long users, int dimension, double milliseconds);

    [LoggerMessage(4002, LogLevel.Error, "{Problem} Generation {Serving} is being served (0: none)")]
    private partial void LogProblem(string problem, long serving);

    [LoggerMessage(4003, LogLevel.Information, "The problem is solved; generation {Serving} is being served (0: none)")]
    private partial void LogSolved(long serving);
}

using System.Globalization;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Follows the pointer to the current generation, forwards and backwards, and experiments: has what is to be served loaded beside what is being served,
/// which is kept up to date meanwhile, then swaps one reference.
/// </summary>
internal sealed partial class GenerationFollower(
    GenerationReader generations, LiveCatalogue live, HiddenItems hidden, LiveItems items, IOptions<ServerOptions> options, ILogger<GenerationFollower> logger,
    TimeProvider time) : BackgroundService
{
    private const string WhatHelps = "The next generation published replaces it: rearm models train makes one; rearm models pin names one that is there.";

    private volatile TaskCompletionSource _swapped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GenerationLoader _loader = new(generations, options, logger, time);
    private readonly GoneGenerations _gone = new();
    private byte[]? _trendingBytes;
    private TrendingItems? _trending;
    private volatile ServingState _current = ServingState.Nothing;

    // What the current state is of.
    private ServedGenerations _served = new(null, "");

    /// <summary>What is being served. Take it once per answer.</summary>
    public ServingState Current => _current;

    /// <summary>Completes when another generation than this one is being served.</summary>
    /// <param name="generation">One that was; null: none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<LoadedGeneration> NextAsync(LoadedGeneration? generation, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Before looking, so that no change falls between.
            var swapped = _swapped.Task;
            if (_current.Generation is { } current && current != generation)
                return current;
            await swapped.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.PollInterval, time);
            var tick = Task.FromResult(true);
            while (true)
            {
                await FollowAsync(stoppingToken, waits: false);
                if (tick.IsCompleted)
                    tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                // What has been loaded is served at once.
                await Task.WhenAny(_loader.Ended is { } ended ? [tick, ended] : [tick]);
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The Server is stopping; requests in progress keep the state they took.
        }
        finally
        {
            await _loader.StopAsync();
        }
    }

    /// <summary>Polls once, and serves what it finds.</summary>
    /// <param name="cancellationToken">Ends it, and what it has begun to load.</param>
    /// <param name="waits">Whether for what has to be loaded; otherwise that is for a later poll. The first generation is waited for in any case.</param>
    internal async Task FollowAsync(CancellationToken cancellationToken, bool waits = true)
    {
        _gone.Collect();
        var before = _current;
        ServingState after;
        try
        {
            // Even while Redis is away: what has ended is not waited for again.
            await _loader.TakeAsync();
            var served = await FindAsync(before, waits, cancellationToken);
            if (served.Generation is null)
            {
                var popular = await live.ReadPopularAsync(cancellationToken);
                await hidden.FollowAsync(cancellationToken);
                var restrictions = await ReadRestrictionsAsync(null, before, cancellationToken);
                after = ServingState.Of(null, popular, restrictions, served.Problem) with { IsPinned = served.IsPinned };
            }
            else
            {
                await FollowItemsAsync(cancellationToken);
                // In the opposite order to the GraphBuilder's, so that an item that is new and not available is never seen as if it were.
                await hidden.FollowAsync(cancellationToken);
                after = await StateOfAsync(served.Generation, before, served.Problem, cancellationToken) with
                {
                    IsPinned = served.IsPinned,
                    Arm = "",
                    ExperimentId = "",
                    Split = null,
                };
                if (served is { Experiment: { } experiment, Treatment: { } treated })
                {
                    var treatment = await StateOfAsync(treated, before, "", cancellationToken) with
                    {
                        IsPinned = false,
                        Arm = experiment.Treatment.Name,
                        ExperimentId = experiment.Id,
                        Split = null,
                    };
                    after = after with { Arm = experiment.Control.Name, ExperimentId = experiment.Id, Split = SplitOf(experiment, treatment, before) };
                }
                if (after == before)
                    after = before;
            }
            _served = served;
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
        foreach (var gone in Generations(before).Except(Generations(after)))
            _gone.Add(gone);
        if (after.Generation != before.Generation)
            Interlocked.Exchange(ref _swapped, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Without them, or with some of another release, the Server answers from the generation alone.</summary>
    private async Task FollowItemsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await items.FollowAsync(cancellationToken);
            var bytes = await live.ReadTrendingBytesAsync(cancellationToken);
            if (!Same(bytes, _trendingBytes))
                _trending = bytes is null ? null : CatalogueCodec.ReadTrending(bytes);
            _trendingBytes = bytes;
        }
        catch (ContractException e)
        {
            LogNoCatalogue(e.Message);
        }
    }

    /// <summary>What is answered from a generation now; the state before, if nothing of it has changed.</summary>
    private async Task<ServingState> StateOfAsync(LoadedGeneration generation, ServingState before, string problem, CancellationToken cancellationToken)
    {
        var last = before.Generation == generation ? before : before.Split?.Treatment is { } other && other.Generation == generation ? other : null;
        var restrictions = await ReadRestrictionsAsync(generation, last, cancellationToken);
        if (last is null)
            return ServingState.Of(generation, null, restrictions, problem) with
            {
                HiddenVersion = hidden.Version,
                Catalogue = CatalogueView.Of(generation, items, options.Value.NewItemLength),
                ItemsVersion = items.Version,
                Trending = _trending,
            };
        var catalogue = ViewAfter(last, generation);
        if (problem == last.Problem && restrictions == last.Live && ReferenceEquals(catalogue, last.Catalogue) && ReferenceEquals(_trending, last.Trending))
            return last;
        return new(generation, last.RecommendableAfter(hidden.ChangedSince(last.HiddenVersion), restrictions), null, restrictions, problem)
        {
            HiddenVersion = hidden.Version,
            Catalogue = catalogue,
            ItemsVersion = items.Version,
            Trending = _trending,
        };
    }

    // In proportion to what has changed, not to the catalogue.
    private CatalogueView ViewAfter(ServingState last, LoadedGeneration generation)
    {
        if (items.Version == last.ItemsVersion && generation.EncodedItems is not { HasMore: true })
            return last.Catalogue;
        return items.ChangedSince(last.ItemsVersion) is { } changes
            ? last.Catalogue.After(changes, generation, items, options.Value.NewItemLength)
            : CatalogueView.Of(generation, items, options.Value.NewItemLength);
    }

    private static IEnumerable<LoadedGeneration> Generations(ServingState state) =>
        new[] { state.Generation, state.Split?.Treatment.Generation }.OfType<LoadedGeneration>();

    private static RunningSplit SplitOf(Experiment experiment, ServingState treatment, ServingState before) =>
        before.Split is { } split && split.Experiment.Equals(experiment) && split.Treatment == treatment ? split : new(experiment, new(experiment), treatment);

    private async Task<LiveRestrictions> ReadRestrictionsAsync(LoadedGeneration? generation, ServingState? last, CancellationToken cancellationToken)
    {
        var cutAt = generation?.Manifest.Snapshot.CutAt?.ToDateTimeOffset().ToUnixTimeMilliseconds() ?? 0;
        // Whoever has been erased since the cut stays so: as many as before are the same ones.
        var erased = last is not null && last.Generation == generation
            && last.Live.ErasedUsers.Count == await live.CountErasedUsersAsync(cutAt, cancellationToken)
            ? last.Live.ErasedUsers
            : await live.ReadErasedUsersAsync(cutAt, cancellationToken);
        return new(await live.IsWrittenAsync(cancellationToken), hidden.Items, erased);
    }

    /// <summary>Finds out what is to be served; while that is being loaded, what is served stays.</summary>
    private async Task<ServedGenerations> FindAsync(ServingState before, bool waits, CancellationToken cancellationToken)
    {
        var (pointer, isPinned, experiment) = await generations.ReadServedAsync(cancellationToken);
        long[] numbers = experiment is not null ? [experiment.Control.Generation, experiment.Treatment.Generation]
            : long.TryParse(pointer, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? [number] : [];
        var serving = before.Generation;
        // Before the first there is nothing to answer from: a Server that has just started is not ready until it is there.
        var found = await _loader.LookAsync(numbers, [.. Generations(before)], waits || serving is null, cancellationToken);
        if (found.Any(one => one.IsLater))
            return _served;
        if (experiment is not null)
            return Of(experiment, serving, found[0], found[1]);
        if (pointer is null)
            return new(serving, serving is null ? "" : $"Redis names no current generation any more, as one that was emptied. {WhatHelps}");
        if (found.Length == 0)
            return new(serving, $"The pointer to the current generation holds \"{pointer}\", not a number: no Trainer has written that. {WhatHelps}");
        return new(found[0].Generation ?? serving, found[0].Problem, isPinned);
    }

    // Where an arm can't be served everybody gets the other one, but no arm's name, so that its figures stay those of its own users.
    private static ServedGenerations Of(Experiment experiment, LoadedGeneration? serving, LoadResult control, LoadResult treatment)
    {
        return (control.Generation, treatment.Generation) switch
        {
            (not null, not null) => new(control.Generation, $"{control.Problem} {treatment.Problem}".Trim(), Experiment: experiment, Treatment: treatment.Generation),
            (null, null) => new(serving, $"Neither arm of the experiment can be served. {control.Problem} {treatment.Problem}"),
            (not null, null) => new(control.Generation, Missing(experiment.Treatment, experiment.Control, treatment.Problem)),
            (null, not null) => new(treatment.Generation, Missing(experiment.Control, experiment.Treatment, control.Problem)),
        };

        static string Missing(ExperimentArm arm, ExperimentArm other, string problem) =>
            $"Arm {arm.Name} of the experiment can't be served, so everybody gets {other.Name}. {problem}";
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

    [LoggerMessage(4002, LogLevel.Error, "{Problem} Generation {Serving} is being served (0: none)")]
    private partial void LogProblem(string problem, long serving);

    [LoggerMessage(4004, LogLevel.Debug, "The live catalogue can't be read: {Reason}")]
    private partial void LogNoCatalogue(string reason);

    [LoggerMessage(4003, LogLevel.Information, "The problem is solved; generation {Serving} is being served (0: none)")]
    private partial void LogSolved(long serving);
}

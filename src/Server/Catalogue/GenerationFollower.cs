using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Progress;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Follows the pointer to the current generation, forwards and backwards, and experiments: loads what is to be served beside what is being served, then swaps
/// one reference. A generation that can't be loaded is refused and reported, and retried when it changes or after a minute.
/// </summary>
internal sealed partial class GenerationFollower(
    GenerationReader generations, LiveCatalogue live, HiddenItems hidden, LiveItems items, IOptions<ServerOptions> options, ILogger<GenerationFollower> logger,
    TimeProvider time) : BackgroundService
{
    private const string WhatHelps = "The next generation published replaces it: rearm models train makes one; rearm models pin names one that is there.";

    private static readonly TimeSpan RetryRefusedAfter = TimeSpan.FromMinutes(1);

    private volatile TaskCompletionSource _swapped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<long, Refusal> _refused = [];
    private readonly GoneGenerations _gone = new();
    private byte[]? _trendingBytes;
    private TrendingItems? _trending;
    private volatile ServingState _current = ServingState.Nothing;

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
        _gone.Collect();
        var before = _current;
        ServingState after;
        try
        {
            var served = await FindAsync(before, cancellationToken);
            if (served.Generation is null)
            {
                await hidden.FollowAsync(cancellationToken);
                var popular = await live.ReadPopularAsync(cancellationToken);
                var restrictions = await ReadRestrictionsAsync(null, before, cancellationToken);
                after = ServingState.Of(null, popular, restrictions, served.Problem) with { IsPinned = served.IsPinned };
            }
            else
            {
                await hidden.FollowAsync(cancellationToken);
                await FollowItemsAsync(cancellationToken);
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

    /// <summary>Finds out what is to be served, and loads what is not loaded yet.</summary>
    private async Task<ServedGenerations> FindAsync(ServingState before, CancellationToken cancellationToken)
    {
        var (pointer, isPinned, experiment) = await generations.ReadServedAsync(cancellationToken);
        var serving = before.Generation;
        LoadedGeneration[] loaded = [.. Generations(before)];
        if (experiment is not null)
            return await FindAsync(experiment, serving, loaded, cancellationToken);
        if (pointer is null)
            return new(serving, serving is null ? "" : $"Redis names no current generation any more, as one that was emptied. {WhatHelps}");
        if (!long.TryParse(pointer, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new(serving, $"The pointer to the current generation holds \"{pointer}\", not a number: no Trainer has written that. {WhatHelps}");
        var (generation, problem) = await LoadAsync(number, loaded, cancellationToken);
        return new(generation ?? serving, problem, isPinned);
    }

    // Where an arm can't be served everybody gets the other one, but no arm's name, so that its figures stay those of its own users.
    private async Task<ServedGenerations> FindAsync(
        Experiment experiment, LoadedGeneration? serving, LoadedGeneration[] loaded, CancellationToken cancellationToken)
    {
        var (control, controlProblem) = await LoadAsync(experiment.Control.Generation, loaded, cancellationToken);
        var (treatment, treatmentProblem) = await LoadAsync(experiment.Treatment.Generation, loaded, cancellationToken);
        return (control, treatment) switch
        {
            (not null, not null) => new(control, "", Experiment: experiment, Treatment: treatment),
            (null, null) => new(serving, $"Neither arm of the experiment can be served. {controlProblem} {treatmentProblem}"),
            (not null, null) => new(control, Missing(experiment.Treatment, experiment.Control, treatmentProblem)),
            (null, not null) => new(treatment, Missing(experiment.Control, experiment.Treatment, controlProblem)),
        };

        static string Missing(ExperimentArm arm, ExperimentArm other, string problem) =>
            $"Arm {arm.Name} of the experiment can't be served, so everybody gets {other.Name}. {problem}";
    }

    /// <summary>A generation, loaded unless it is already; null where it is refused, and why.</summary>
    private async Task<(LoadedGeneration? Generation, string Problem)> LoadAsync(long number, LoadedGeneration[] loaded, CancellationToken cancellationToken)
    {
        // The manifest identifies a generation, not the number: a Redis that was emptied counts from one again.
        var manifest = await generations.ReadManifestAsync(number, cancellationToken);
        if (Array.Find(loaded, generation => Same(manifest, generation.ManifestBytes)) is { } found)
            return (found, "");
        if (_refused.TryGetValue(number, out var refused) && Same(manifest, refused.Manifest) && time.GetElapsedTime(refused.At) < RetryRefusedAfter)
            return (null, refused.Problem);
        using var span = ServerTracing.Source.StartActivity("load generation");
        span?.SetTag("rearm.generation.number", number);
        try
        {
            using var progress = new ProgressLog(logger, time);
            var start = Stopwatch.GetTimestamp();
            var generation = await AsideThread.RunAsync(() => LoadAsync(number, manifest, progress, cancellationToken), cancellationToken);
            _refused.Clear();
            if (ActivityContext.TryParse(generation.Manifest.Snapshot.Traceparent, traceState: null, isRemote: true, out var snapshotSpan))
                span?.AddLink(new(snapshotSpan));
            LogServing(number, generation.Manifest.Items, generation.Manifest.Users, generation.Dimension, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return (generation, "");
        }
        catch (Exception e) when (e is ContractException or OutOfMemoryException)
        {
            var reason = e is OutOfMemoryException ? TooLarge(GenerationCodec.ReadManifest(manifest!)) : e.Message;
            span?.SetStatus(ActivityStatusCode.Error, reason);
            var problem = $"Generation {number} is refused: {reason} The next one published replaces it: rearm models train makes one.";
            _refused[number] = new(manifest, problem, time.GetTimestamp());
            return (null, problem);
        }
    }

    private async Task<LoadedGeneration> LoadAsync(long number, byte[]? manifest, ProgressLog progress, CancellationToken cancellationToken)
    {
        ItemLoading items = null!;
        var stored = await generations.ReadAsync(number, manifest, read => (items = new(read)).Take, cancellationToken, progress.Begin);
        progress.Begin($"Preparing the search in generation {number}", "", 0);
        return new(stored, items, options.Value.CachedUsers);
    }

    // The old one stays until the new one is served, so there has to be room for both.
    private static string TooLarge(GenerationManifest manifest) =>
        $"its {manifest.Items} items of {manifest.Dimension} numbers are too many for this process, which may take {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, "
        + "beside what it serves. Give it more memory, or train with fewer items or dimensions.";

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

    private sealed record Refusal(byte[]? Manifest, string Problem, long At);

    [LoggerMessage(4001, LogLevel.Information, "Serving generation {Number}: {Items} items, {Users} users, {Dimension} numbers each, loaded in {Milliseconds:0} ms")]
    private partial void LogServing(long number, long items, long users, int dimension, double milliseconds);

    [LoggerMessage(4002, LogLevel.Error, "{Problem} Generation {Serving} is being served (0: none)")]
    private partial void LogProblem(string problem, long serving);

    [LoggerMessage(4004, LogLevel.Debug, "The live catalogue can't be read: {Reason}")]
    private partial void LogNoCatalogue(string reason);

    [LoggerMessage(4003, LogLevel.Information, "The problem is solved; generation {Serving} is being served (0: none)")]
    private partial void LogSolved(long serving);
}

using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.ServiceDefaults.Progress;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Snapshots;
using StepState = Rearm.Streaming.Contracts.V1.ErasureStep.Types.State;

namespace Rearm.Streaming.GraphBuilder.Erasures;

/// <summary>
/// Carries an erasure that is in the log to its end, place by place. Every step is idempotent, so a run that is cut short is simply run again; and each
/// is followed by a look at what is there.
/// </summary>
internal sealed class ErasureRun(
    WorkerStatus status, CheckpointSchedule checkpoints, PassedRequests requests, RedisLease lease, SnapshotPublisher publisher, GenerationErasure generations,
    LiveCatalogue live, CatalogueStore catalogue, ErasureTraces traces, TimeProvider time)
{
    private const string GraphState = "graph state";
    private const string LiveState = "live state";
    private const string Generations = "generations";
    private const string Snapshots = "snapshots";
    private const string Checkpoints = "checkpoints";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // An erasure is in Redis before it counts as read; a deletion may wait for a backlog for a minute.
    private static readonly TimeSpan HidePatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HidePatienceWithoutBacklog = TimeSpan.FromSeconds(3);

    // The GraphBuilder that publishes removes older snapshots within a minute.
    private static readonly TimeSpan SweepPatience = TimeSpan.FromMinutes(2);

    /// <summary>Says what is there now, and changes nothing.</summary>
    public async IAsyncEnumerable<ErasureStep> LookAsync(ErasureSubject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Found(LiveState, await traces.InLiveStateAsync(subject, cancellationToken));
        yield return Found(Generations, await traces.InGenerationsAsync(subject, cancellationToken));
        yield return Found(Snapshots, await traces.InSnapshotsAsync(subject, cancellationToken));
    }

    /// <summary>Does what is left to do, and says what was done.</summary>
    /// <exception cref="PreconditionException">No erasure of this user or deletion of this item has been read.</exception>
    /// <exception cref="UnavailableException">The broker does not answer, or this GraphBuilder is not the one at work.</exception>
    public async IAsyncEnumerable<ErasureStep> RunAsync(ErasureSubject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var step in ReadAsync(subject, cancellationToken))
            yield return step;
        yield return await LiveStateAsync(subject, cancellationToken);
        yield return await GenerationsAsync(subject, cancellationToken);
        yield return Step(Snapshots, StepState.Working, "a snapshot without it is being cut");
        yield return await SnapshotsAsync(subject, cancellationToken);
        await foreach (var step in CheckpointsAsync(cancellationToken))
            yield return step;
    }

    private async IAsyncEnumerable<ErasureStep> ReadAsync(ErasureSubject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (status.IsWaiting)
            throw new UnavailableException(string.Join(" ", status.Problems.Take(1)));
        var ends = await status.EndsAsync(cancellationToken)
            ?? throw new UnavailableException("The GraphBuilder does not read yet, or Kafka does not answer; call again.");
        var reported = time.GetTimestamp();
        var all = status.LeftBefore(ends);
        var pace = new Pace(time, "reading", "records before it", all);
        for (var first = true; status.LeftBefore(ends) is var left && left > 0; first = false)
        {
            if (first || time.GetElapsedTime(reported) > TimeSpan.FromSeconds(1))
            {
                reported = time.GetTimestamp();
                pace.Report(Math.Max(0, all - left));
                yield return Step(GraphState, StepState.Working, first ? $"{left} records are read before it" : $"{pace}");
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
        yield return Step(GraphState, StepState.Done, subject.IsUser
            ? "all that was known of the user is forgotten; a hash of the id and the time stay, so that what happened before is not taken in again"
            : "the item is in no graph; who touched it is kept, in case it comes back");
    }

    private async Task<ErasureStep> LiveStateAsync(ErasureSubject subject, CancellationToken cancellationToken)
    {
        if (!subject.IsUser)
        {
            var since = time.GetTimestamp();
            while (!await live.IsHiddenAsync(subject.Id, cancellationToken))
            {
                var waited = time.GetElapsedTime(since);
                if (waited > HidePatience || (waited > HidePatienceWithoutBacklog && (await status.ReadAsync(cancellationToken)).Lag == 0))
                    throw new PreconditionException($"No deletion of item \"{subject.Id}\" has been read that still stands. Send one to the Ingestor first.");
                await Task.Delay(Pause, time, cancellationToken);
            }
            // Once a second, and once a minute with a backlog to go.
            while (await IsInCatalogueAsync(subject.Id, cancellationToken))
            {
                if (time.GetElapsedTime(since) > HidePatience)
                    return Step(LiveState, StepState.Remains, "hidden, and still in the live catalogue; call again");
                await Task.Delay(Pause, time, cancellationToken);
            }
            return Step(LiveState, StepState.Done,
                "hidden, and in no catalogue and no list: no Server shows the item, within two seconds. Its id stays among the hidden ones and in users' histories");
        }
        var at = await ErasedAtAsync(subject.Id, cancellationToken)
            ?? throw new PreconditionException($"No erasure of user \"{subject.Id}\" has been read. Send one to the Ingestor first.");
        var again = await traces.InLiveStateAsync(subject, cancellationToken);
        return Step(LiveState, StepState.Done, again is null
            ? $"history deleted and the id's hash marked at {at:u}: Servers treat the user as unknown, within two seconds"
            : $"history deleted and the id's hash marked at {at:u}; the user has come back since: {again}");
    }

    private async Task<ErasureStep> GenerationsAsync(ErasureSubject subject, CancellationToken cancellationToken)
    {
        try
        {
            var removed = subject.IsUser
                ? await generations.RemoveErasedUsersAsync(cancellationToken)
                : await generations.RemoveItemAsync(subject.Id, cancellationToken);
            var left = await traces.InGenerationsAsync(subject, cancellationToken);
            var done = removed.Count == 0
                ? "no generation had a vector"
                : $"vectors taken out of generation {ErasureTraces.Join(removed.Select(r => r.Generation))}";
            // One of a snapshot that was cut after the user had come back.
            return Step(Generations, StepState.Done, left is null ? done : $"{done}; what was learned since it came back is {left}");
        }
        catch (ContractException e)
        {
            return Step(Generations, StepState.Remains, e.Message);
        }
    }

    private async Task<ErasureStep> SnapshotsAsync(ErasureSubject subject, CancellationToken cancellationToken)
    {
        try
        {
            var info = await requests.RequestAsync(cancellationToken);
            var removed = lease.IsHeld ? $"{await publisher.PurgeAsync(info.CutAt?.ToDateTimeOffset() ?? time.GetUtcNow(), cancellationToken)} older ones removed" : "the older ones removed";
            var left = await SnapshotsLeftAsync(subject, wait: !lease.IsHeld, cancellationToken);
            if (left is not null && !(subject.IsUser && await live.TouchedAsync(subject.Id, cancellationToken) > 0))
                return Step(Snapshots, StepState.Remains, $"{left}; call again");
            return Step(Snapshots, StepState.Done, $"snapshot {info.Number} is current, with hash {info.Hash}; {removed}");
        }
        catch (PreconditionException e)
        {
            // Nothing is left to cut one from.
            return await traces.InSnapshotsAsync(subject, cancellationToken) is { } left
                ? Step(Snapshots, StepState.Remains, $"{left}, until there is another to publish. {e.Message}")
                : Step(Snapshots, StepState.Done, "no snapshot has it");
        }
        catch (ContractException e)
        {
            return Step(Snapshots, StepState.Remains, e.Message);
        }
    }

    private async IAsyncEnumerable<ErasureStep> CheckpointsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Step(Checkpoints, StepState.Working, "both are being replaced");
        var number = checkpoints.Erased();
        string? told = null;
        while (checkpoints.ErasuresInBoth < number)
        {
            if (checkpoints.Problem is { } problem && problem != told)
                yield return Step(Checkpoints, StepState.Working, told = problem);
            await Task.Delay(Pause, time, cancellationToken);
        }
        yield return Step(Checkpoints, StepState.Done, status.HasEverything
            ? "both have been replaced"
            : "both of this GraphBuilder's have been replaced; where another one has the user's partition, it replaces its own within seconds");
    }

    // Another GraphBuilder may have the user's partition, and be yet to read the erasure.
    private async Task<DateTimeOffset?> ErasedAtAsync(string user, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            if (await live.ErasedAtAsync(user, cancellationToken) is { } at)
                return at;
            if (status.HasEverything || time.GetElapsedTime(since) > HidePatience)
                return null;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<string?> SnapshotsLeftAsync(ErasureSubject subject, bool wait, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var left = await traces.InSnapshotsAsync(subject, cancellationToken);
            if (left is null || !wait || time.GetElapsedTime(since) > SweepPatience)
                return left;
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        }
    }

    private async Task<bool> IsInCatalogueAsync(string itemId, CancellationToken cancellationToken) =>
        (await catalogue.ReadAsync([itemId], cancellationToken))[0].Entry is not null || await live.IsListedAsync(itemId, cancellationToken);

    private ErasureStep Found(string place, string? what) => what is null ? Step(place, StepState.Done, "nothing") : Step(place, StepState.Remains, what);

    private ErasureStep Step(string place, StepState state, string detail) =>
        new() { Place = place, State = state, Detail = detail, Time = Timestamp.FromDateTimeOffset(time.GetUtcNow()) };
}

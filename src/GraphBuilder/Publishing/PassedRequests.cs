using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Leases;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Requests for a snapshot that reach a GraphBuilder which does not publish, as they do behind a load balancer: they are passed on, through Redis, to the one
/// that does. One snapshot answers all that wait.
/// </summary>
internal sealed class PassedRequests(WorkerSignals signals, SnapshotRequests requests, RedisLease lease, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    // Long enough for another one to take over.
    private static readonly TimeSpan LongestWithoutPublisher = TimeSpan.FromSeconds(60);

    private Task _serving = Task.CompletedTask;

    /// <summary>Asks whoever publishes for a snapshot of everything read so far.</summary>
    /// <exception cref="UnavailableException">Nobody publishes, or what is needed does not answer.</exception>
    /// <exception cref="PreconditionException">There is nothing to publish, or it can't be stored.</exception>
    public async Task<SnapshotInfo> RequestAsync(CancellationToken cancellationToken)
    {
        if (lease.IsHeld)
            return await requests.RequestAsync(cancellationToken);
        var number = await signals.AskForSnapshotAsync(cancellationToken);
        var seen = time.GetTimestamp();
        while (true)
        {
            if (await signals.AnswerAsync(cancellationToken) is { } answer && answer.Request >= number)
                return answer.Snapshot
                    ?? throw (answer.MayHelpToAskAgain ? new UnavailableException(answer.Problem) : new PreconditionException(answer.Problem));
            if (await lease.HolderAsync(cancellationToken) is not null)
                seen = time.GetTimestamp();
            else if (time.GetElapsedTime(seen) > LongestWithoutPublisher)
                throw new UnavailableException(
                    $"No GraphBuilder has held the lease \"{lease.Name}\", which publishing takes, for {LongestWithoutPublisher.TotalSeconds:0} s; try again.");
            await Task.Delay(LookInterval, time, cancellationToken);
        }
    }

    /// <summary>
    /// Looks for requests of other GraphBuilders and has them served, one after the other. Only where the lease is held. Never waits for a snapshot.
    /// </summary>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_serving.IsCompleted && await signals.UnansweredAsync(cancellationToken) is { } number)
            _serving = ServeAsync(number, cancellationToken);
    }

    /// <summary>Waits until none is being served, whatever comes of it.</summary>
    public async Task SettleAsync() => await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ServeAsync(long number, CancellationToken cancellationToken)
    {
        var answer = new SnapshotAnswer { Request = number };
        try
        {
            answer.Snapshot = await requests.RequestAsync(cancellationToken);
        }
        catch (Exception e) when (e is ContractException or PreconditionException)
        {
            answer.Problem = e.Message;
        }
        catch (Exception e) when (RetryPolicy.IsTransient(e) || e is UnavailableException)
        {
            (answer.Problem, answer.MayHelpToAskAgain) = (e.Message, true);
        }
        // Whoever publishes next finds the request unanswered.
        if (lease.IsHeld)
            await signals.AnswerAsync(answer, cancellationToken);
    }
}

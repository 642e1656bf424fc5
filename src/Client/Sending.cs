using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Polly;
using Polly.Retry;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Client;

/// <summary>
/// One run of an <see cref="EventSender"/>: one call at a time with a window of unanswered requests. When the call breaks, the next one begins with
/// them.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "RunAsync disposes of its timer.")]
internal sealed class Sending(Ingestion.IngestionClient client, Uri ingestor, EventSenderOptions options, double? rate, IProgress<SendProgress>? progress)
{
    private const int RejectionsKept = 10;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    // Under the lock: requests written and not answered; those to send again, ahead of anything new; what ends with the next answer.
    private readonly Queue<IngestRequest> _written = new();
    private Queue<IngestRequest> _again = new();
    private TaskCompletionSource _answer = NextAnswer();
    private readonly List<EventResult> _rejections = [];
    private long _accepted, _rejected, _retried;
    // Calls that broke since the last progress; consecutive answers with failures in them.
    private int _breaks;
    private volatile int _failures;
    // Fires when there has been no progress for too long.
    private CancellationTokenSource _stall = new();

    public async Task<SendSummary> RunAsync(IEnumerable<Event> events, CancellationToken cancellationToken)
    {
        // A low rate in large requests would come in bursts; ten requests a second are smooth enough.
        var size = rate is { } perSecond ? (int)Math.Clamp(perSecond / 10, 1, options.BatchSize) : options.BatchSize;
        await using var upcoming = new Upcoming(EventBatches.Cut(events, size), new Pace(rate));
        using var stall = _stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        RpcException? last = null;
        var calls = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                // What the source throws is no failure of the call, though it be of the same kind.
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is RpcException e && IsTransient(e) && !upcoming.HasFailed && !stall.IsCancellationRequested),
                MaxRetryAttempts = int.MaxValue,
                // Any progress starts the back-off anew, so attempts are not what it goes by.
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(PauseAfter((RpcException)args.Outcome.Exception!)),
                OnRetry = args =>
                {
                    last = (RpcException)args.Outcome.Exception!;
                    PutBack();
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        try
        {
            await calls.ExecuteAsync(async token => await CallAsync(upcoming, token), stall.Token);
            return new(_accepted, _rejected, _retried, _rejections);
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException && stall.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IngestorUnavailableException($"The Ingestor at {ingestor} took no event for {options.RetryFor.TotalSeconds:0.#} s ({last?.Status.Detail ?? "it did not answer"}). Is it running, and its Kafka?", last);
        }
    }

    private async Task CallAsync(Upcoming upcoming, CancellationToken cancellationToken)
    {
        using var call = client.IngestStream(ApiKeys.Headers(options.ApiKey), cancellationToken: cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(call.ResponseStream, stop.Token);
        var writing = WriteAsync(call.RequestStream, upcoming, stop.Token);
        try
        {
            await Task.WhenAny(reading, writing);
            if (writing.IsCompleted && await writing)
            {
                await Task.WhenAny(reading, Task.Delay(PatienceAtTheEnd, cancellationToken));
                return;
            }
            await reading;
            throw new RpcException(new Status(StatusCode.Unavailable, "the Ingestor ended the call before it had answered everything"));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>True when everything is answered; false when the call has ended, for a reason that the reader sees.</returns>
    private async Task<bool> WriteAsync(IClientStreamWriter<IngestRequest> requests, Upcoming upcoming, CancellationToken cancellationToken)
    {
        while (await NextAsync(upcoming, cancellationToken) is { } request)
        {
            if (_failures is var failures and > 0)
                await Task.Delay(Pause(failures), cancellationToken);
            try
            {
                await requests.WriteAsync(request, cancellationToken);
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
            {
                return false;
            }
        }
        try
        {
            await requests.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            // Everything is answered: how the call ends no longer matters.
        }
        return true;
    }

    /// <summary>The next request to write, once there is room in the window; null when everything is answered.</summary>
    private async Task<IngestRequest?> NextAsync(Upcoming upcoming, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (next, isDue) = (upcoming.Next, upcoming.Next.IsCompleted);
            var fresh = isDue ? await next : null;
            Task answered;
            lock (_lock)
            {
                var idle = _written.Count == 0 && _again.Count == 0;
                if (idle && isDue && fresh is null)
                    return null;
                if (_written.Count < options.BatchesInFlight && (_again.Count > 0 || fresh is not null))
                {
                    if (idle)
                        _stall.CancelAfter(options.RetryFor);
                    if (!_again.TryDequeue(out var request))
                    {
                        request = fresh!;
                        upcoming.Taken();
                    }
                    _written.Enqueue(request);
                    return request;
                }
                answered = _answer.Task;
            }
            await (isDue ? answered : Task.WhenAny(answered, next)).WaitAsync(cancellationToken);
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<IngestResponse> responses, CancellationToken cancellationToken)
    {
        while (await responses.MoveNext(cancellationToken))
        {
            Settle(responses.Current);
            progress?.Report(new(_accepted, _rejected, _retried));
        }
    }

    /// <summary>Applies the answer to the oldest unanswered request.</summary>
    private void Settle(IngestResponse response)
    {
        lock (_lock)
        {
            if (!_written.TryDequeue(out var request) || request.Events.Count != response.Results.Count)
                throw new InvalidDataException($"The Ingestor at {ingestor} answered {response.Results.Count} results to {request?.Events.Count ?? 0} events; is it one of this release?");
            var failed = new IngestRequest();
            for (var i = 0; i < response.Results.Count; i++)
                switch (response.Results[i].Status)
                {
                    case EventResult.Types.Status.Accepted:
                        _accepted++;
                        break;
                    case EventResult.Types.Status.Rejected:
                        _rejected++;
                        if (_rejections.Count < RejectionsKept)
                            _rejections.Add(response.Results[i]);
                        break;
                    default:
                        failed.Events.Add(request.Events[i]);
                        break;
                }
            if (failed.Events.Count > 0)
            {
                _again.Enqueue(failed);
                _retried += failed.Events.Count;
            }
            _failures = failed.Events.Count > 0 ? _failures + 1 : 0;
            if (failed.Events.Count < response.Results.Count)
            {
                _breaks = 0;
                _stall.CancelAfter(_written.Count + _again.Count > 0 ? options.RetryFor : Timeout.InfiniteTimeSpan);
            }
            _answer.SetResult();
            _answer = NextAnswer();
        }
    }

    /// <summary>What the broken call left unanswered goes into the next one first, in order.</summary>
    private void PutBack()
    {
        lock (_lock)
        {
            _retried += _written.Sum(r => r.Events.Count);
            _again = new(_written.Concat(_again));
            _written.Clear();
        }
    }

    // An Ingestor that takes no more for the moment is there, and waiting as it says is no stall.
    private TimeSpan PauseAfter(RpcException error)
    {
        if (RetryHint.Of(error) is not { } hint)
            return Pause(++_breaks);
        _stall.CancelAfter(options.RetryFor + hint);
        return hint;
    }

    private static TaskCompletionSource NextAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Pause(int troubles) => TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(troubles - 1, 20), LongestPause.Ticks));

    private static bool IsTransient(RpcException error) =>
        RetryHint.Of(error) is not null || error.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled or StatusCode.Aborted or StatusCode.DeadlineExceeded;
}

using System.Diagnostics;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.Validation;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Ingestor.Publishing;

/// <summary>What happens to events however they come in: validated, produced to Kafka, answered once Kafka has them.</summary>
internal sealed partial class EventIntake(
    EventValidator validator, EventPublisher publisher, KafkaClients clients, IngestorMetrics metrics, ILogger<EventIntake> logger)
{
    // Room comes as soon as the broker acknowledges; how soon nobody can say.
    private static readonly TimeSpan RoomRetry = TimeSpan.FromSeconds(1);

    private readonly KafkaTopics _topics = clients.Topics;

    /// <summary>Validates a batch and produces it, waiting for room if need be.</summary>
    /// <param name="events">The events.</param>
    /// <param name="caller">Who sends them.</param>
    /// <param name="cancellationToken">Ends the waiting for room; what was produced stays so.</param>
    /// <param name="call">The call that brought the batch, where the batch's span is not a part of it.</param>
    /// <returns>The batch, not yet acknowledged; see <see cref="FinishAsync"/>.</returns>
    /// <exception cref="LimitException">The caller has sent too many.</exception>
    /// <exception cref="PermissionException">The caller may not send a deletion or an erasure; nothing was produced.</exception>
    /// <exception cref="UnauthenticatedException">The caller's key has been taken back.</exception>
    public async ValueTask<PendingBatch> BeginAsync(
        IReadOnlyList<Event> events, AccessCaller caller, CancellationToken cancellationToken, ActivityContext call = default)
    {
        if (events.FirstOrDefault(e => e.EventCase is Event.EventOneofCase.UserErasure or Event.EventOneofCase.ItemDeletion) is { } forOperators)
            caller.RequireOperator(forOperators.EventCase == Event.EventOneofCase.UserErasure ? "A user erasure" : "An item deletion");
        caller.TakeEvents(events.Count);
        var batch = new PendingBatch(events.Count, StartSpan(events.Count, call));
        var deadline = Environment.TickCount64 + (long)publisher.Timeout.TotalMilliseconds;
        for (var i = 0; i < events.Count; i++)
        {
            var id = EventRecord.IdOf(events[i]);
            if (validator.Check(events[i]) is { } violation)
            {
                metrics.Rejected(violation.Field);
                batch.Reject(i, id, violation.Field, violation.Reason);
            }
            else
                await publisher.ProduceAsync(batch, i, id, EventRecord.Of(events[i], _topics), deadline, cancellationToken);
        }
        return batch;
    }

    /// <summary>Waits until Kafka has answered for every event of the batch.</summary>
    public async Task<IngestResponse> FinishAsync(PendingBatch batch, CancellationToken cancellationToken)
    {
        using var span = batch.Span;
        var response = await batch.Completion.WaitAsync(cancellationToken);
        metrics.BatchAnswered(Stopwatch.GetElapsedTime(batch.Start), batch.Accepted, batch.Failed);
        if (batch.Failed > 0)
        {
            span?.SetStatus(ActivityStatusCode.Error, FirstFailure(response));
            LogFailed(batch.Failed, response.Results.Count, FirstFailure(response));
        }
        return response;
    }

    /// <summary>Counts something sent that is not an event at all.</summary>
    /// <param name="field">What is wrong with it.</param>
    public void Rejected(string field) => metrics.Rejected(field);

    /// <summary>The error of a batch of which Kafka took nothing.</summary>
    public static Exception NothingTaken(PendingBatch batch, IngestResponse response) => batch.NoRoom
        ? new LimitException($"Too many events are on their way to Kafka ({FirstFailure(response)}); send them all again later.", RoomRetry)
        : new UnavailableException($"Kafka took none of the events ({FirstFailure(response)}); send them all again.");

    /// <summary>The reason of the first event that failed.</summary>
    private static string FirstFailure(IngestResponse response) =>
        response.Results.First(r => r.Status == EventResult.Types.Status.Failed).Reason;

    private static Activity? StartSpan(int events, ActivityContext call)
    {
        if (!IngestorTracing.Source.HasListeners())
            return null;
        ActivityLink[] links = call == default ? [] : [new(call)];
        var span = IngestorTracing.Source.StartActivity("publish events", ActivityKind.Producer, parentContext: default, links: links);
        span?.SetTag("messaging.system", "kafka");
        span?.SetTag("messaging.operation.type", "send");
        span?.SetTag("messaging.batch.message_count", events);
        return span;
    }

    [LoggerMessage(1001, LogLevel.Warning, "{Failed} of {Count} events failed: {Reason}")]
    private partial void LogFailed(int failed, int count, string reason);
}

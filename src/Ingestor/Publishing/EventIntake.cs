using System.Diagnostics.Metrics;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.Validation;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Ingestor.Publishing;

/// <summary>What happens to events whichever way they came: validated, handed to Kafka, answered when Kafka has them.</summary>
internal sealed partial class EventIntake(EventValidator validator, EventPublisher publisher, KafkaClients clients, ILogger<EventIntake> logger)
{
    private static readonly Meter Meter = new("Rearm.Streaming.Ingestor");
    private static readonly Counter<long> Events = Meter.CreateCounter<long>("rearm.ingestor.events", "{event}", "Events answered, by status.");

    private readonly KafkaTopics _topics = clients.Topics;

    /// <summary>Validates a batch and hands it to Kafka, waiting for room if need be.</summary>
    /// <returns>The batch, on its way; see <see cref="FinishAsync"/>.</returns>
    public async ValueTask<PendingBatch> BeginAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken)
    {
        var batch = new PendingBatch(events.Count);
        var deadline = Environment.TickCount64 + (long)publisher.Timeout.TotalMilliseconds;
        for (var i = 0; i < events.Count; i++)
        {
            var id = EventRecord.IdOf(events[i]);
            if (validator.Check(events[i]) is { } violation)
                batch.Reject(i, id, violation.Field, violation.Reason);
            else
                await publisher.ProduceAsync(batch, i, id, EventRecord.Of(events[i], _topics), deadline, cancellationToken);
        }
        return batch;
    }

    /// <summary>Waits until Kafka has answered for every event of the batch.</summary>
    public async Task<IngestResponse> FinishAsync(PendingBatch batch, CancellationToken cancellationToken)
    {
        var response = await batch.Completion.WaitAsync(cancellationToken);
        Count(batch.Accepted, "accepted");
        Count(batch.Rejected, "rejected");
        Count(batch.Failed, "failed");
        if (batch.Failed > 0)
            LogFailed(batch.Failed, response.Results.Count, FirstFailure(response));
        return response;
    }

    /// <summary>Why the first event that failed did.</summary>
    public static string FirstFailure(IngestResponse response) =>
        response.Results.First(r => r.Status == EventResult.Types.Status.Failed).Reason;

    private static void Count(int events, string status)
    {
        if (events > 0)
            Events.Add(events, new KeyValuePair<string, object?>("status", status));
    }

    [LoggerMessage(1001, LogLevel.Warning, "{Failed} of {Count} events failed: {Reason}")]
    private partial void LogFailed(int failed, int count, string reason);
}

using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.Publishing;
using Rearm.Streaming.ServiceDefaults.Access;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>What became of the events of one HTTP request so far.</summary>
internal sealed class SentEvents(EventIntake intake, AccessCaller caller)
{
    /// <summary>The results to answer with, in the order of the body.</summary>
    public IngestResponse Response { get; } = new();

    /// <summary>Why Kafka took nothing of some batch; null if it always took something.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Counts something sent that is not an event at all.</summary>
    /// <param name="field">What is wrong with it.</param>
    public void Rejected(string field) => intake.Rejected(field);

    /// <summary>Sends a batch.</summary>
    /// <returns>A result per event.</returns>
    public async Task<IReadOnlyList<EventResult>> SendAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken)
    {
        var batch = await intake.BeginAsync(events, caller, cancellationToken);
        var response = await intake.FinishAsync(batch, cancellationToken);
        if (batch.NothingTaken)
            Error ??= EventIntake.NothingTaken(batch, response);
        return response.Results;
    }
}

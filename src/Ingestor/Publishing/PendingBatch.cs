using System.Diagnostics;
using Confluent.Kafka;
using Rearm.Streaming.Contracts.V1;
using Status = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Ingestor.Publishing;

/// <summary>Collects the results of a batch, which come in any order and from any thread; complete when all are there.</summary>
internal sealed class PendingBatch
{
    private readonly EventResult[] _results;
    private readonly TaskCompletionSource<IngestResponse> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing;
    private int _accepted;
    private int _rejected;
    private int _withoutRoom;

    /// <summary>A batch without results.</summary>
    /// <param name="count">Events in it.</param>
    /// <param name="span">Covers the batch until it is answered; null if nobody traces.</param>
    public PendingBatch(int count, Activity? span = null)
    {
        _results = new EventResult[count];
        _missing = count;
        Span = span;
        TraceHeaders = ServiceDefaults.Kafka.TraceHeaders.Of(span);
    }

    /// <summary>Covers the batch until it is answered; null if nobody traces.</summary>
    public Activity? Span { get; }

    /// <summary>What its records carry of the trace; null unless it is sampled.</summary>
    public Headers? TraceHeaders { get; }

    /// <summary>When the batch came in, in <see cref="Stopwatch"/> ticks.</summary>
    public long Start { get; } = Stopwatch.GetTimestamp();

    /// <summary>All results, in the order of the events.</summary>
    public Task<IngestResponse> Completion => _completion.Task;

    /// <summary>Once complete: events the broker has.</summary>
    public int Accepted => _accepted;

    /// <summary>Once complete: events that break a rule.</summary>
    public int Rejected => _rejected;

    /// <summary>Once complete: events the broker did not take.</summary>
    public int Failed => _results.Length - _accepted - _rejected;

    /// <summary>Once complete: did the broker take nothing of what it was given?</summary>
    public bool NothingTaken => Failed > 0 && _accepted == 0;

    /// <summary>Once complete: was nothing taken only because too much is on its way to the broker already?</summary>
    public bool NoRoom => NothingTaken && _withoutRoom == Failed;

    public void Accept(int index, string eventId)
    {
        Interlocked.Increment(ref _accepted);
        Set(index, new EventResult { EventId = eventId, Status = Status.Accepted });
    }

    public void Reject(int index, string eventId, string field, string reason)
    {
        Interlocked.Increment(ref _rejected);
        Set(index, new EventResult { EventId = eventId, Status = Status.Rejected, Field = field, Reason = reason });
    }

    public void Fail(int index, string eventId, string reason) =>
        Set(index, new EventResult { EventId = eventId, Status = Status.Failed, Reason = reason });

    /// <summary>Too much was on its way to the broker already.</summary>
    public void FailForRoom(int index, string eventId, string reason)
    {
        Interlocked.Increment(ref _withoutRoom);
        Fail(index, eventId, reason);
    }

    private void Set(int index, EventResult result)
    {
        _results[index] = result;
        if (Interlocked.Decrement(ref _missing) > 0)
            return;
        var response = new IngestResponse();
        response.Results.AddRange(_results);
        _completion.SetResult(response);
    }
}

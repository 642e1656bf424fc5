using Rearm.Streaming.Contracts.V1;
using Status = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Ingestor.Publishing;

/// <summary>The results of a batch while they come in, in any order and from any thread; done when all are there.</summary>
internal sealed class PendingBatch
{
    private readonly EventResult[] _results;
    private readonly TaskCompletionSource<IngestResponse> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing;
    private int _accepted;
    private int _rejected;

    public PendingBatch(int count)
    {
        _results = new EventResult[count];
        _missing = count;
    }

    /// <summary>All results, in the order of the events.</summary>
    public Task<IngestResponse> Completion => _completion.Task;

    /// <summary>Once complete: events the broker has.</summary>
    public int Accepted => _accepted;

    /// <summary>Once complete: events that break a rule.</summary>
    public int Rejected => _rejected;

    /// <summary>Once complete: events the broker did not take.</summary>
    public int Failed => _results.Length - _accepted - _rejected;

    /// <summary>Once complete: did the broker take nothing of what was given to it?</summary>
    public bool NothingTaken => Failed > 0 && _accepted == 0;

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

using System.Diagnostics;
using System.Threading.Channels;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>The queue between callers who want a snapshot now and the worker, which alone may cut one.</summary>
internal sealed class SnapshotRequests
{
    // Further callers wait for room: one snapshot answers all that are in the queue.
    private const int Capacity = 64;

    private readonly Channel<SnapshotRequest> _requests = Channel.CreateBounded<SnapshotRequest>(Capacity);

    /// <summary>Asks for a snapshot of everything read so far.</summary>
    /// <exception cref="UnavailableException">The worker is stopping or has stopped.</exception>
    /// <remarks>Throws what kept the worker from publishing as well.</remarks>
    public async Task<SnapshotInfo> RequestAsync(CancellationToken cancellationToken)
    {
        var request = new SnapshotRequest(Activity.Current?.Context ?? default);
        try
        {
            await _requests.Writer.WriteAsync(request, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new UnavailableException("The GraphBuilder has stopped.", e);
        }
        return await request.Answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes the requests that are waiting; one snapshot answers them all.</summary>
    public List<SnapshotRequest> TakeAll()
    {
        var taken = new List<SnapshotRequest>();
        while (_requests.Reader.TryRead(out var request))
            taken.Add(request);
        return taken;
    }

    /// <summary>Tells those waiting why there will be no snapshot now.</summary>
    public void FailAll(Exception reason)
    {
        foreach (var request in TakeAll())
            request.Answer.TrySetException(reason);
    }

    /// <summary>Accepts no more requests: the worker has stopped.</summary>
    public void Close()
    {
        _requests.Writer.TryComplete();
        FailAll(new UnavailableException("The GraphBuilder has stopped."));
    }
}

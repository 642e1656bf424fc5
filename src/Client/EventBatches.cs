using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Client;

/// <summary>Cuts events into requests.</summary>
internal static class EventBatches
{
    /// <summary>Bytes of one request: below the default limit of any gRPC server, and large enough that the cost per request does not matter.</summary>
    public const int MaxBytes = 2 << 20;

    /// <summary>
    /// Requests of at most <paramref name="size"/> events and about <see cref="MaxBytes"/>, in order; a larger event goes alone. One that is full does not wait for
    /// the event after it, which may be long in coming.
    /// </summary>
    public static IEnumerable<IngestRequest> Cut(IEnumerable<Event> events, int size)
    {
        var request = new IngestRequest();
        var bytes = 0;
        foreach (var @event in events)
        {
            var length = @event.CalculateSize();
            if (request.Events.Count > 0 && bytes + length > MaxBytes)
            {
                yield return request;
                (request, bytes) = (new(), 0);
            }
            request.Events.Add(@event);
            bytes += length;
            if (request.Events.Count == size)
            {
                yield return request;
                (request, bytes) = (new(), 0);
            }
        }
        if (request.Events.Count > 0)
            yield return request;
    }
}

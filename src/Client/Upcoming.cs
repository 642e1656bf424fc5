using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Client;

/// <summary>
/// The requests of a run that were not written yet. One is taken from the source ahead of time, beside everything else: the source may block, as one
/// that reads a pipe does, and at a low rate a request may not be due for long, but what is to be sent again waits for neither.
/// </summary>
internal sealed class Upcoming(IEnumerable<IngestRequest> requests, Pace pace) : IAsyncDisposable
{
    private readonly IEnumerator<IngestRequest> _source = requests.GetEnumerator();
    private readonly CancellationTokenSource _stop = new();
    private Task<IngestRequest?>? _next;

    /// <summary>The next one, once it is due; null at the end. The same one until it is <see cref="Taken"/>.</summary>
    public Task<IngestRequest?> Next => _next ??= ReadAsync();

    /// <summary>Whether the source threw.</summary>
    public bool HasFailed => _next is { IsFaulted: true };

    /// <summary>Goes on to the one after.</summary>
    public void Taken() => _next = null;

    /// <summary>Lets go of the source, once it is not being read.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await (_next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _source.Dispose();
        _stop.Dispose();
    }

    private async Task<IngestRequest?> ReadAsync()
    {
        var request = await Task.Run(() => _source.MoveNext() ? _source.Current : null);
        if (request is not null)
            await pace.WaitAsync(request.Events.Count, _stop.Token);
        return request;
    }
}

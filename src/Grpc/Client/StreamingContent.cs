using System.Net;

namespace Grpc.Net.Client;

/// <summary>The request body of a call that streams requests: hands out the stream and stays open until it is completed.</summary>
/// <param name="ended">Cancelled when the call has ended: then the body is given up, not completed.</param>
internal sealed class StreamingContent(CancellationToken ended) : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for the stream to write to.</summary>
    public Task<Stream> GetStreamAsync(CancellationToken cancellationToken) => _stream.Task.WaitAsync(cancellationToken);

    /// <summary>Ends the body.</summary>
    public void Complete() => _completed.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Flushing sends the request headers: the peer may answer before the first message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (!_stream.TrySetResult(stream))
            throw new InvalidOperationException("A stream of requests cannot be sent a second time.");
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended);
        await _completed.Task.WaitAsync(linked.Token).ConfigureAwait(false);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Writes a call's requests.</summary>
/// <param name="call">The call.</param>
/// <param name="content">Its request body.</param>
/// <param name="response">The response somebody is reading already; null if the responses are a stream.</param>
internal sealed class ClientStreamWriter<TRequest, TResponse>(GrpcCall<TRequest, TResponse> call, StreamingContent content, Task<TResponse>? response)
    : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly MessageWriter _writer = new(call.MaxSendMessageSize);
    private int _writing;
    private bool _completed;

    public WriteOptions? WriteOptions { get; set; } = call.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _writing, 1) != 0)
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        try
        {
            if (_completed)
                throw new InvalidOperationException("Can't write the message because the request stream is completed.");
            ThrowIfFinished();
            using var registration = cancellationToken.UnsafeRegister(static c => ((GrpcCall<TRequest, TResponse>)c!).Cancel("Call canceled by the client."), call);
            await SendAsync(message).ConfigureAwait(false);
        }
        finally
        {
            _writing = 0;
        }
    }

    public Task CompleteAsync()
    {
        if (call.Failure is { } failure && !_completed)
            return Task.FromException(failure);
        _completed = true;
        content.Complete();
        return Task.CompletedTask;
    }

    private async Task SendAsync(TRequest message)
    {
        using var frame = new PooledBufferWriter();
        _writer.Write(message, call.Method.RequestMarshaller.ContextualSerializer, frame, call.ShouldCompress(WriteOptions));
        try
        {
            var stream = await content.GetStreamAsync(call.Ended).ConfigureAwait(false);
            await stream.WriteAsync(frame.Written, call.Ended).ConfigureAwait(false);
            if ((WriteOptions?.Flags & WriteFlags.BufferHint) is null or 0)
                await stream.FlushAsync(call.Ended).ConfigureAwait(false);
        }
        catch (Exception ex)
        {
            // A server that has answered already stops reading: its answer says more than the broken pipe.
            if (response is not null)
                await Task.WhenAny(response).ConfigureAwait(false);
            ThrowIfFinished();
            throw new RpcException(HttpErrors.ToStatus(ex));
        }
    }

    private void ThrowIfFinished()
    {
        if (call.Failure is { } failure)
            throw failure;
        if (call.IsFinished)
            throw new InvalidOperationException("Can't write the message because the call is complete.");
    }
}

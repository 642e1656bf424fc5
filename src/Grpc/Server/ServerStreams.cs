using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Reads a call's requests.</summary>
internal sealed class ServerStreamReader<T>(HttpServerCallContext context, Marshaller<T> marshaller) : IAsyncStreamReader<T> where T : class
{
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext has not returned true.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        // Either the call or this read alone may be cancelled.
        using var linked = cancellationToken.CanBeCanceled && cancellationToken != context.CancellationToken
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.CancellationToken)
            : null;
        _current = await context.Reader.ReadAsync(marshaller.ContextualDeserializer, linked?.Token ?? context.CancellationToken);
        return _current is not null;
    }
}

/// <summary>Writes a call's responses.</summary>
internal sealed class ServerStreamWriter<T>(HttpServerCallContext context, Marshaller<T> marshaller) : IServerStreamWriter<T> where T : class
{
    private int _writing;

    public WriteOptions? WriteOptions
    {
        get => context.WriteOptions;
        set => context.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _writing, 1) != 0)
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        try
        {
            // The bytes are in the pipe already: a write given up half-way can only end the call.
            using var registration = cancellationToken.UnsafeRegister(static c => ((HttpServerCallContext)c!).HttpContext.Abort(), context);
            await context.WriteAsync(message, marshaller.ContextualSerializer, WriteOptions, flush: true);
        }
        finally
        {
            _writing = 0;
        }
    }
}

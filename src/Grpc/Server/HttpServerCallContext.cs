using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>A call over an HTTP request.</summary>
internal sealed partial class HttpServerCallContext : ServerCallContext, IAsyncDisposable
{
    private readonly GrpcServer _server;
    private readonly string _method;
    private readonly Lock _gate = new();
    private MessageReader? _reader;
    private MessageWriter? _writer;
    private CancellationTokenSource? _deadlineCancels;
    private Timer? _deadlineTimer;
    private Task _completed = Task.CompletedTask;
    private string? _responseEncoding;
    private bool _ended;

    public HttpServerCallContext(HttpContext http, GrpcServer server, string method)
    {
        HttpContext = http;
        _server = server;
        _method = method;
        CallToken = http.RequestAborted;
    }

    public HttpContext HttpContext { get; }

    public MessageReader Reader => _reader!;

    private CancellationToken CallToken { get; set; }

    private DateTime CallDeadline { get; set; } = DateTime.MaxValue;

    /// <summary>Reads the protocol's headers and starts the clock.</summary>
    public void Start()
    {
        var headers = HttpContext.Request.Headers;
        var options = _server.Options;
        HttpContext.Response.ContentType = ContentType.Grpc;

        var encoding = headers["grpc-encoding"].ToString();
        if (encoding.Length > 0 && !Gzip.IsSupported(encoding))
        {
            HttpContext.Response.Headers["grpc-accept-encoding"] = Gzip.AcceptEncoding;
            throw Errors.UnsupportedEncoding(encoding);
        }
        _reader = new MessageReader(HttpContext.Request.BodyReader, options.MaxReceiveMessageSize, encoding.Length > 0 ? encoding : null);
        _writer = new MessageWriter(options.MaxSendMessageSize, options.ResponseCompressionLevel ?? System.IO.Compression.CompressionLevel.Fastest);
        if (options.ResponseCompressionAlgorithm is not null)
            EncodeResponses(options.ResponseCompressionAlgorithm);

        if (headers.TryGetValue("grpc-timeout", out var timeout))
            StartDeadline(timeout.ToString());
    }

    /// <summary>Writes one message; the response's headers go before the first.</summary>
    public async Task WriteAsync<T>(T message, Action<T, SerializationContext> serialize, WriteOptions? options, bool flush)
    {
        var response = HttpContext.Response;
        if (!response.HasStarted)
            await response.StartAsync(CallToken);
        ValueTask<System.IO.Pipelines.FlushResult> flushed = default;
        lock (_gate)
        {
            CallToken.ThrowIfCancellationRequested();
            if (_ended)
                throw new InvalidOperationException("Can't write the message because the call is complete.");
            var compress = _responseEncoding == Gzip.Name && ((options?.Flags ?? 0) & WriteFlags.NoCompress) == 0;
            _writer!.Write(message, serialize, response.BodyWriter, compress);
            if (flush && ((options?.Flags ?? 0) & WriteFlags.BufferHint) == 0)
                flushed = response.BodyWriter.FlushAsync(CallToken);
        }
        await flushed;
    }

    /// <summary>Ends the call with the status the handler set.</summary>
    public void End() => End(StatusCore);

    /// <summary>Ends the call with the status an exception means.</summary>
    public void End(Exception exception)
    {
        switch (exception)
        {
            case RpcException rpc:
                Log.CallFailed(_server.Logger, _method, rpc.StatusCode, rpc.Status.Detail);
                foreach (var entry in rpc.Trailers)
                    ResponseTrailersCore.Add(entry);
                End(rpc.Status);
                break;
            case OperationCanceledException or IOException when HttpContext.RequestAborted.IsCancellationRequested:
                End(new Status(StatusCode.Cancelled, "The caller cancelled the call."));
                break;
            case BadHttpRequestException bad:
                End(new Status(bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? StatusCode.ResourceExhausted : StatusCode.Internal, bad.Message));
                break;
            default:
                if (!_ended)
                    Log.HandlerFailed(_server.Logger, _method, exception);
                var detail = "Exception was thrown by handler.";
                if (_server.Options.EnableDetailedErrors == true)
                    detail += $" {exception.GetType().Name}: {exception.Message}";
                End(new Status(StatusCode.Unknown, detail));
                break;
        }
    }

    /// <summary>Waits until nothing of the call uses the request any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_deadlineTimer is not null)
            await _deadlineTimer.DisposeAsync();
        await _completed;
        _deadlineCancels?.Dispose();
    }

    private bool End(Status status)
    {
        lock (_gate)
        {
            if (_ended)
                return false;
            _ended = true;
            if (HttpContext.RequestAborted.IsCancellationRequested)
                return true;
            try
            {
                Protocol.WriteTrailers(HttpContext.Response, ResponseTrailersCore);
            }
            catch (InvalidOperationException ex)
            {
                status = new Status(StatusCode.Internal, $"A trailer cannot be sent: {ex.Message}");
            }
            Protocol.WriteStatus(HttpContext.Response, status);
            return true;
        }
    }

    private void EncodeResponses(string encoding)
    {
        if (encoding == Gzip.Name && !Accepts(encoding))
            return;
        _responseEncoding = encoding;
        HttpContext.Response.Headers["grpc-encoding"] = encoding;
    }

    private bool Accepts(string encoding) => HttpContext.Request.Headers["grpc-accept-encoding"].ToString()
        .Split(',', StringSplitOptions.TrimEntries).Contains(encoding, StringComparer.Ordinal);

    private void StartDeadline(string header)
    {
        if (!GrpcTimeout.TryParse(header, out var timeout))
            throw new RpcException(new Status(StatusCode.Internal, $"Invalid grpc-timeout value '{header}'."));
        var now = DateTime.UtcNow;
        CallDeadline = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        // A timer takes at most 49 days; nobody waits for longer ones.
        if (timeout.TotalMilliseconds >= uint.MaxValue - 1)
            return;
        _deadlineCancels = CancellationTokenSource.CreateLinkedTokenSource(HttpContext.RequestAborted);
        CallToken = _deadlineCancels.Token;
        _deadlineTimer = new Timer(static context => ((HttpServerCallContext)context!).DeadlineExceeded(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    // The caller hears of it at once, whenever the handler notices.
    private void DeadlineExceeded()
    {
        lock (_gate)
        {
            if (!End(new Status(StatusCode.DeadlineExceeded, "Deadline exceeded.")))
                return;
            Log.DeadlineExceeded(_server.Logger, _method);
            _completed = HttpContext.Response.CompleteAsync();
        }
        _deadlineCancels!.Cancel();
    }
}

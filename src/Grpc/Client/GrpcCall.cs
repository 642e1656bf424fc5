using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>One call: the request, the response and, once and for all, its status.</summary>
internal sealed class GrpcCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    private sealed record Outcome(Status Status, Metadata Trailers);

    private readonly GrpcChannel _channel;
    private readonly CallOptions _options;
    private readonly string? _host;
    private readonly CancellationTokenSource _cts = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTime? _deadline;
    private CancellationTokenRegistration _callerCancels;
    private Timer? _deadlineTimer;
    private Task _sent = Task.CompletedTask;
    private HttpResponseMessage? _response;
    private PipeReader? _body;
    private MessageReader? _reader;
    private Outcome? _outcome;

    public GrpcCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        _channel = channel;
        _host = host;
        _options = options;
        Method = method;
        Compression = options.Headers?.GetValue(Metadata.CompressionRequestKey) is Gzip.Name ? Gzip.Name : null;
        _deadline = options.Deadline is { } deadline && deadline < DateTime.MaxValue ? deadline.ToUniversalTime() : null;
        channel.Track(this);
    }

    public Method<TRequest, TResponse> Method { get; }

    /// <summary>How requests are encoded; null for not at all.</summary>
    public string? Compression { get; }

    public WriteOptions? WriteOptions => _options.WriteOptions;

    public bool ShouldCompress(WriteOptions? options) => Compression is not null && ((options?.Flags ?? 0) & WriteFlags.NoCompress) == 0;

    public int? MaxSendMessageSize => _channel.Options.MaxSendMessageSize;

    public Task<Metadata> HeadersAsync => _headers.Task;

    /// <summary>Cancelled when the call has failed or been cancelled.</summary>
    public CancellationToken Ended => _cts.Token;

    public Status GetStatus() => (_outcome ?? throw new InvalidOperationException("The call has no status before it finishes.")).Status;

    public Metadata GetTrailers() => (_outcome ?? throw new InvalidOperationException("The call has no trailers before it finishes.")).Trailers;

    /// <summary>The exception a finished call throws; null while it runs or if it ended well.</summary>
    public Exception? Failure => _outcome is { Status.StatusCode: not StatusCode.OK } ended ? Exception(ended) : null;

    public bool IsFinished => _outcome is not null;

    public void Start(HttpContent content)
    {
        if (_deadline - DateTime.UtcNow is { } left)
        {
            if (left <= TimeSpan.Zero)
                DeadlineExceeded();
            else if (left.TotalMilliseconds < uint.MaxValue - 1)
                _deadlineTimer = new Timer(static call => ((GrpcCall<TRequest, TResponse>)call!).DeadlineExceeded(), this, left, Timeout.InfiniteTimeSpan);
        }
        _callerCancels = _options.CancellationToken.UnsafeRegister(static call => ((GrpcCall<TRequest, TResponse>)call!).Cancel("Call canceled by the client."), this);
        if (IsFinished)
            Release();
        else
            _sent = SendAsync(content);
    }

    /// <summary>The next response, or null at the end of a call that ended well.</summary>
    public async ValueTask<TResponse?> ReadAsync()
    {
        await _sent.ConfigureAwait(false);
        if (_outcome is null)
        {
            try
            {
                var message = await _reader!.ReadAsync(Method.ResponseMarshaller.ContextualDeserializer, _cts.Token).ConfigureAwait(false);
                if (message is not null)
                    return message;
                FinishWithTrailers();
            }
            catch (Exception ex)
            {
                Fail(ex);
            }
            await _body!.CompleteAsync().ConfigureAwait(false);
        }
        return Failure is { } failure ? throw failure : null;
    }

    /// <summary>The one response of a call that has one.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        var response = await ReadAsync().ConfigureAwait(false) ?? throw FailAfterEnd(Errors.NoMessage());
        if (await ReadAsync().ConfigureAwait(false) is not null)
        {
            Fail(Errors.AdditionalData());
            throw Failure!;
        }
        return response;
    }

    public void Cancel(string why) => Finish(new Status(StatusCode.Cancelled, why), Metadata.Empty);

    /// <summary>Ends the call with the status that <paramref name="exception"/> means, unless it has ended.</summary>
    public void Fail(Exception exception)
    {
        var (status, trailers) = exception is RpcException rpc ? (rpc.Status, rpc.Trailers) : (HttpErrors.ToStatus(exception), Metadata.Empty);
        Finish(status, trailers);
    }

    public void Dispose() => Cancel("gRPC call disposed.");

    private async Task SendAsync(HttpContent content)
    {
        try
        {
            var request = RequestHeaders.NewRequest(_channel.Address, Method.FullName, _host, _options.Headers, Compression, _deadline - DateTime.UtcNow);
            content.Headers.TryAddWithoutValidation("Content-Type", ContentType.Grpc);
            request.Content = content;
            var response = await _channel.SendAsync(request, _cts.Token).ConfigureAwait(false);
            _response = response;
            // The call may have ended between the two: then nobody else disposes the response.
            if (IsFinished)
                response.Dispose();
            var headers = ResponseHeaders.ToMetadata(response.Headers);
            if (ResponseHeaders.TryGetStatus(response.Headers, out var status))
            {
                _headers.TrySetResult(headers);
                Finish(status, headers);
                return;
            }
            ResponseHeaders.Check(response);
            _body = PipeReader.Create(await response.Content.ReadAsStreamAsync(_cts.Token).ConfigureAwait(false));
            _reader = new MessageReader(_body, _channel.Options.MaxReceiveMessageSize, ResponseHeaders.GetEncoding(response.Headers));
            _headers.TrySetResult(headers);
        }
        catch (Exception ex)
        {
            Fail(ex);
        }
    }

    private void FinishWithTrailers()
    {
        var trailers = _response!.TrailingHeaders;
        Finish(ResponseHeaders.TryGetStatus(trailers, out var status) ? status : new Status(StatusCode.Cancelled, "No grpc-status found on response."),
            ResponseHeaders.ToMetadata(trailers));
    }

    private Exception FailAfterEnd(RpcException exception)
    {
        _outcome = new Outcome(exception.Status, _outcome!.Trailers);
        return exception;
    }

    private void DeadlineExceeded() => Finish(new Status(StatusCode.DeadlineExceeded, "Deadline exceeded."), Metadata.Empty);

    private void Finish(Status status, Metadata trailers)
    {
        var outcome = new Outcome(status, trailers);
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is not null)
            return;
        Release();
        if (status.StatusCode == StatusCode.OK)
            _headers.TrySetResult(trailers);
        else if (_headers.TrySetException(Exception(outcome)))
            _ = _headers.Task.Exception; // Nobody has to look at the headers of a call that failed.
    }

    // Ends whatever of the call is still going on; disposing an unfinished response resets the stream.
    private void Release()
    {
        _deadlineTimer?.Dispose();
        _callerCancels.Unregister();
        _cts.Cancel();
        _response?.Dispose();
        _channel.Untrack(this);
    }

    private Exception Exception(Outcome outcome) =>
        _channel.Options.ThrowOperationCanceledOnCancellation && outcome.Status.StatusCode is (StatusCode.Cancelled or StatusCode.DeadlineExceeded)
            ? new OperationCanceledException(outcome.Status.Detail, _options.CancellationToken)
            : new RpcException(outcome.Status, outcome.Trailers);
}

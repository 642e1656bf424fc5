using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Ingestor.UnitTests.Running;

/// <summary>The requests of a call that stays open after the last one.</summary>
internal sealed class FakeRequests(IEnumerable<IngestRequest> requests) : IAsyncStreamReader<IngestRequest>
{
    private readonly Queue<IngestRequest> _left = new(requests);
    private readonly TaskCompletionSource _allTaken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the service has taken the last one.</summary>
    public Task AllTaken => _allTaken.Task;

    public IngestRequest Current { get; private set; } = new();

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_left.TryDequeue(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Current = next;
            if (_left.Count == 0)
                _allTaken.SetResult();
            return true;
        }
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return false;
    }
}

/// <summary>A client that reads no answer until <see cref="Open"/> is set.</summary>
internal sealed class FakeResponses : IServerStreamWriter<IngestResponse>
{
    public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<IngestResponse> Written { get; } = [];

    public WriteOptions? WriteOptions { get; set; }

    public async Task WriteAsync(IngestResponse message)
    {
        await Open.Task;
        Written.Add(message);
    }
}

/// <summary>The context of a call that nobody cancels.</summary>
internal sealed class FakeCall : ServerCallContext
{
    // Where Grpc.AspNetCore's tests put it, and GetHttpContext looks for it.
    public FakeCall() => UserState["__HttpContext"] = new DefaultHttpContext();

    protected override string MethodCore => "";

    protected override string HostCore => "";

    protected override string PeerCore => "";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore { get; } = [];

    protected override CancellationToken CancellationTokenCore => CancellationToken.None;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();
}

using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Client;

/// <summary>Operates a GraphBuilder. Thread-safe; make one and share it.</summary>
/// <param name="graphBuilder">Its gRPC address, e.g. http://127.0.0.1:7011.</param>
/// <param name="timeout">How long a status call may take; null: 10 s.</param>
/// <param name="apiKey">The key to show; null for none. Let the address be https wherever others might listen.</param>
public sealed class GraphBuilderClient(Uri graphBuilder, TimeSpan? timeout = null, string? apiKey = null) : ServiceClient(graphBuilder, timeout, apiKey)
{
    // Cutting the graphs of a large shop takes minutes.
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromMinutes(15);

    private GraphBuilding.GraphBuildingClient Api => field ??= new(Channel);

    /// <summary>What it has read and published.</summary>
    /// <exception cref="ServiceException">The GraphBuilder can't be reached.</exception>
    public Task<GraphStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.GetStatusAsync(new(), options), cancellationToken);

    /// <summary>Publishes a snapshot of everything read so far, and returns once it is current.</summary>
    /// <exception cref="ServiceException">The GraphBuilder can't be reached or refuses (workers.proto).</exception>
    public Task<SnapshotInfo> PublishSnapshotAsync(CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.PublishSnapshotAsync(new(), options), cancellationToken, PublishTimeout);

    /// <summary>Carries an erasure that the Ingestor has accepted to its end, and tells each step as it is done.</summary>
    /// <param name="request">Whose; with <see cref="FollowErasureRequest.DryRun"/> only what is there now.</param>
    /// <param name="cancellationToken">Gives up; the GraphBuilder stops after the step that it is at.</param>
    /// <exception cref="ServiceException">The GraphBuilder can't be reached or refuses (workers.proto); after Unavailable, call again.</exception>
    public IAsyncEnumerable<ErasureStep> FollowErasureAsync(FollowErasureRequest request, CancellationToken cancellationToken = default) =>
        StreamAsync(options => Api.FollowErasure(request, options), cancellationToken);
}

using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Client;

/// <summary>Asks a Server for recommendations. Thread-safe; make one and share it.</summary>
/// <param name="server">The Server's gRPC address, e.g. http://127.0.0.1:7031.</param>
/// <param name="timeout">How long a call may take; null: 10 s.</param>
/// <param name="apiKey">The key to show; null for none. Let the address be https wherever others might listen.</param>
public sealed class RecommenderClient(Uri server, TimeSpan? timeout = null, string? apiKey = null) : ServiceClient(server, timeout, apiKey)
{
    private Recommender.RecommenderClient Api => field ??= new(Channel);

    /// <summary>The best items for a user that the user has not touched yet.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="k">How many items, 1 to 1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceException">The Server can't be reached or refuses.</exception>
    public Task<RecommendResponse> RecommendAsync(string userId, int k = 10, CancellationToken cancellationToken = default) =>
        RecommendAsync(new RecommendRequest { UserId = userId, K = checked((uint)k) }, cancellationToken);

    /// <summary>The best items for a user, with all that a request can ask for (recommender.proto).</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses.</exception>
    public Task<RecommendResponse> RecommendAsync(RecommendRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.RecommendAsync(request, options), cancellationToken);

    /// <summary>The items nearest to an item.</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses; NotFound if the model has no such item.</exception>
    public Task<SimilarItemsResponse> SimilarItemsAsync(SimilarItemsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.SimilarItemsAsync(request, options), cancellationToken);

    /// <summary>What is being served, and how fresh it is.</summary>
    /// <exception cref="ServiceException">The Server can't be reached.</exception>
    public Task<GetStatusResponse> GetStatusAsync(CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.GetStatusAsync(new(), options), cancellationToken);
}

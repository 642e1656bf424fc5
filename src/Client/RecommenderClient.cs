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

    /// <summary>The best items for each of up to 100 requests; each is answered, or fails, by itself.</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses.</exception>
    public Task<RecommendBatchResponse> RecommendBatchAsync(RecommendBatchRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.RecommendBatchAsync(request, options), cancellationToken);

    /// <summary>The best items for each user that is known, as fast as they are taken.</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses.</exception>
    public IAsyncEnumerable<UserRecommendations> RecommendAllAsync(RecommendAllRequest request, CancellationToken cancellationToken = default) =>
        StreamAsync(options => Api.RecommendAll(request, options), cancellationToken);

    /// <summary>The best items for somebody who is not known, by what was touched in the session.</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses.</exception>
    public Task<RecommendResponse> RecommendSessionAsync(RecommendSessionRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.RecommendSessionAsync(request, options), cancellationToken);

    /// <summary>The items with most users.</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses.</exception>
    public Task<PopularResponse> PopularAsync(PopularRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.PopularAsync(request, options), cancellationToken);

    /// <summary>The items with most users lately.</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses.</exception>
    public Task<PopularResponse> TrendingAsync(PopularRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.TrendingAsync(request, options), cancellationToken);

    /// <summary>The generation being served, now and whenever another one is.</summary>
    /// <exception cref="ServiceException">The Server can't be reached, or stops.</exception>
    public IAsyncEnumerable<Generation> WatchGenerationsAsync(CancellationToken cancellationToken = default) =>
        StreamAsync(options => Api.WatchGenerations(new(), options), cancellationToken);

    /// <summary>The items nearest to an item.</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses; NotFound if the model has no such item.</exception>
    public Task<SimilarItemsResponse> SimilarItemsAsync(SimilarItemsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.SimilarItemsAsync(request, options), cancellationToken);

    /// <summary>What a user touched, newest first.</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses, or Redis does not answer it.</exception>
    public Task<HistoryResponse> HistoryAsync(HistoryRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.HistoryAsync(request, options), cancellationToken);

    /// <summary>What is being served, and how fresh it is.</summary>
    /// <exception cref="ServiceException">The Server can't be reached.</exception>
    public Task<GetStatusResponse> GetStatusAsync(CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.GetStatusAsync(new(), options), cancellationToken);
}

using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.Grpc;

/// <summary>rearm.v1.Recommender over gRPC.</summary>
internal sealed class RecommenderService(Recommendations recommendations) : Recommender.RecommenderBase
{
    public override Task<RecommendResponse> Recommend(RecommendRequest request, ServerCallContext context) =>
        recommendations.RecommendAsync(request, context.CancellationToken);

    public override Task<SimilarItemsResponse> SimilarItems(SimilarItemsRequest request, ServerCallContext context) =>
        recommendations.SimilarItemsAsync(request);

    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        Task.FromResult(recommendations.Status());
}

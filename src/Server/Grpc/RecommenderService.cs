using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Answers;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.Grpc;

/// <summary>rearm.v1.Recommender over gRPC.</summary>
internal sealed class RecommenderService(
    Recommendations recommendations, Batches batches, Everybody everybody, SimilarItems similar, ItemLists lists, Histories histories, Descriptions descriptions, GenerationFollower follower,
    IHostApplicationLifetime lifetime) : Recommender.RecommenderBase
{
    [LimitedCall]
    public override Task<RecommendResponse> Recommend(RecommendRequest request, ServerCallContext context) =>
        recommendations.RecommendAsync(request, context.CancellationToken);

    public override Task<RecommendBatchResponse> RecommendBatch(RecommendBatchRequest request, ServerCallContext context) =>
        batches.AnswerAsync(request, context.CancellationToken);

    public override async Task RecommendAll(RecommendAllRequest request, IServerStreamWriter<UserRecommendations> responses, ServerCallContext context)
    {
        await foreach (var answer in everybody.AnswerAsync(request, context.CancellationToken))
            await responses.WriteAsync(answer, context.CancellationToken);
    }

    [LimitedCall]
    public override Task<RecommendResponse> RecommendSession(RecommendSessionRequest request, ServerCallContext context) =>
        recommendations.RecommendSessionAsync(request, context.CancellationToken);

    [LimitedCall]
    public override Task<SimilarItemsResponse> SimilarItems(SimilarItemsRequest request, ServerCallContext context) =>
        similar.FindAsync(request, context.CancellationToken);

    [LimitedCall]
    public override Task<PopularResponse> Popular(PopularRequest request, ServerCallContext context) =>
        lists.PopularAsync(request, context.CancellationToken);

    [LimitedCall]
    public override Task<PopularResponse> Trending(PopularRequest request, ServerCallContext context) =>
        lists.TrendingAsync(request, context.CancellationToken);

    [LimitedCall]
    public override Task<HistoryResponse> History(HistoryRequest request, ServerCallContext context) => histories.FindAsync(request, context.CancellationToken);

    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) => Task.FromResult(descriptions.Status());

    public override async Task WatchGenerations(WatchGenerationsRequest request, IServerStreamWriter<Generation> responses, ServerCallContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            for (LoadedGeneration? generation = null; ;)
            {
                generation = await follower.NextAsync(generation, either.Token);
                await responses.WriteAsync(descriptions.Of(generation), either.Token);
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new UnavailableException("The Server is stopping; watch another one.");
        }
    }
}

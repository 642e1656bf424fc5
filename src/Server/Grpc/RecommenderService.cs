using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Answers;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Access;

namespace Rearm.Streaming.Server.Grpc;

/// <summary>rearm.v1.Recommender over gRPC.</summary>
internal sealed class RecommenderService(
    Recommendations recommendations, Batches batches, Everybody everybody, SimilarItems similar, ItemLists lists, Histories histories, Descriptions descriptions, GenerationFollower follower,
    Drain drain) : Recommender.RecommenderBase
{
    [LimitedCall]
    public override Task<RecommendResponse> Recommend(RecommendRequest request, ServerCallContext context) =>
        recommendations.RecommendAsync(request, context.CancellationToken);

    public override Task<RecommendBatchResponse> RecommendBatch(RecommendBatchRequest request, ServerCallContext context) =>
        batches.AnswerAsync(request, AccessCaller.Of(context.GetHttpContext()), context.CancellationToken);

    public override Task RecommendAll(RecommendAllRequest request, IServerStreamWriter<UserRecommendations> responses, ServerCallContext context) =>
        drain.StreamAsync(async stop =>
        {
            // One call, however many answers: it is slowed by other calls, not by the caller's allowance.
            if (AccessCaller.Of(context.GetHttpContext()).TryTakeCalls(1) is { } refusal)
                throw refusal;
            await foreach (var answer in everybody.AnswerAsync(request, stop))
                await WriteAsync(responses, answer, stop);
        }, "users are missing: ask another Server for all of them.", context.CancellationToken);

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

    public override Task WatchGenerations(WatchGenerationsRequest request, IServerStreamWriter<Generation> responses, ServerCallContext context) =>
        drain.StreamAsync(async stop =>
        {
            for (LoadedGeneration? generation = null; ;)
            {
                generation = await follower.NextAsync(generation, stop);
                await WriteAsync(responses, descriptions.Of(generation), stop);
            }
        }, "watch another Server.", context.CancellationToken);

    // The write itself is not cancelled: the stream would be reset, and the caller would never read why.
    private static Task WriteAsync<T>(IServerStreamWriter<T> responses, T message, CancellationToken stop) =>
        responses.WriteAsync(message, CancellationToken.None).WaitAsync(stop);
}

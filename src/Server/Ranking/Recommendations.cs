using System.Buffers;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>The answers, the same over gRPC and HTTP. The exceptions of ServiceDefaults.Errors become the statuses that recommender.proto states.</summary>
internal sealed class Recommendations(GenerationFollower follower, UserHistory histories, IOptions<ServerOptions> options, ServerMetrics metrics, TimeProvider time)
{
    private const string NoHistory = "Redis does not answer: what the user touched is not known, so that items seen may be among these.";
    private const string NothingYet = "No generation has been published and no event has been read yet. Send interactions, or try again later.";

    /// <summary>The best items for a user.</summary>
    public Task<RecommendResponse> RecommendAsync(RecommendRequest request, CancellationToken cancellationToken) =>
        metrics.MeasureAsync("Recommend", () => RankAsync(request, cancellationToken), response => response.Source.ToString());

    /// <summary>The items nearest to an item.</summary>
    public Task<SimilarItemsResponse> SimilarItemsAsync(SimilarItemsRequest request) =>
        metrics.MeasureAsync("SimilarItems", () => Task.FromResult(RankSimilar(request)), _ => "Similar");

    /// <summary>What is being served.</summary>
    public GetStatusResponse Status()
    {
        var state = follower.Current;
        var response = new GetStatusResponse { Problem = state.Problem };
        if (state.Generation is { } generation)
        {
            response.Generation = Describe(generation);
            response.Users = generation.Manifest.Users;
            response.Items = generation.Manifest.Items;
            response.Dimension = generation.Dimension;
            response.Metrics.Add(generation.Manifest.Metrics);
        }
        return response;
    }

    private async Task<RecommendResponse> RankAsync(RecommendRequest request, CancellationToken cancellationToken)
    {
        RequestRules.Check(request);
        var history = await histories.ReadAsync(request.UserId, cancellationToken);
        var state = follower.Current;
        var response = state.Generation is { } generation
            ? Rank(state, generation, request, history ?? [])
            : RankPopular(state, request, history ?? []);
        if (history is null)
        {
            response.HistoryUnknown = true;
            response.Reason = response.Reason.Length == 0 ? NoHistory : $"{response.Reason} {NoHistory}";
        }
        return response;
    }

    private SimilarItemsResponse RankSimilar(SimilarItemsRequest request)
    {
        RequestRules.Check(request);
        var state = follower.Current;
        var generation = state.Generation
            ?? throw new PreconditionException("No generation has been published yet, so no item's vector is known.");
        if (!generation.TryGetItem(request.ItemId, out var item))
            throw new NotFoundException($"Generation {generation.Manifest.Number} has no item \"{request.ItemId}\".");

        var response = new SimilarItemsResponse { Generation = Describe(generation) };
        Span<int> rows = stackalloc int[RequestRules.EffectiveK(request.K)];
        Span<float> scores = stackalloc float[rows.Length];
        var allowed = new AllowedItems(state, generation);
        try
        {
            allowed.KeepCategories(request.Categories);
            allowed.Remove(request.ExcludedItemIds);
            allowed.Rows.Remove(item);
            var found = InnerProductSearch.Find(generation.ItemVector(item), generation.ItemVectors, allowed.Words, generation.InverseLengths, rows, scores);
            for (var i = 0; i < found; i++)
                response.Items.Add(new ScoredItem { ItemId = generation.ItemIds[rows[i]], Score = scores[i] * generation.InverseLengths[item] });
        }
        finally
        {
            allowed.Return();
        }
        return response;
    }

    private RecommendResponse Rank(ServingState state, LoadedGeneration generation, RecommendRequest request, Touch[] history)
    {
        var response = new RecommendResponse { Generation = Describe(generation) };
        Span<int> rows = stackalloc int[RequestRules.EffectiveK(request.K)];
        Span<float> scores = stackalloc float[rows.Length];
        var query = ArrayPool<float>.Shared.Rent(generation.Dimension);
        var allowed = new AllowedItems(state, generation);
        try
        {
            allowed.KeepCategories(request.Categories);
            allowed.Remove(request.ExcludedItemIds);
            if (!request.HasExcludeSeen || request.ExcludeSeen)
                foreach (var touch in history)
                    allowed.Remove(touch.ItemId);

            var vector = query.AsSpan(0, generation.Dimension);
            var user = state.IsErased(request.UserId) ? [] : generation.UserVector(request.UserId);
            Span<int> recent = stackalloc int[options.Value.RecentItems];
            recent = recent[..Recent(generation, history, userIsKnown: !user.IsEmpty, recent)];
            var interest = UserInterest.Blend(user, generation.ItemVectors, recent, options.Value.RecentWeight, vector);
            (response.Source, response.Reason) = interest switch
            {
                Interest.Trained => (Source.Personal, ""),
                Interest.Session => (Source.Personal, $"The model does not know this user yet: ranked by the {recent.Length} newest items touched."),
                _ when !user.IsEmpty => (Source.Popular, "The model has learned nothing about this user yet."),
                _ when history.Length > 0 => (Source.Popular, "The model knows neither this user nor the items touched yet."),
                _ => (Source.Popular, "The model does not know this user yet."),
            };
            var found = interest == Interest.None
                ? PopularSearch.Find(generation, allowed.Words, rows, scores)
                : InnerProductSearch.Find(vector, generation.ItemVectors, allowed.Words, [], rows, scores);
            for (var i = 0; i < found; i++)
                response.Items.Add(new ScoredItem { ItemId = generation.ItemIds[rows[i]], Score = scores[i] });
        }
        finally
        {
            allowed.Return();
            ArrayPool<float>.Shared.Return(query);
        }
        return response;
    }

    // What the model has not learned from: for a user it knows, what came after the events it was trained on; for another, everything.
    private static int Recent(LoadedGeneration generation, Touch[] history, bool userIsKnown, Span<int> rows)
    {
        var count = 0;
        foreach (var touch in history)
        {
            if (count == rows.Length || touch.IsNegative || (userIsKnown && touch.Time <= generation.LearnedUntil))
                break;
            if (generation.TryGetItem(touch.ItemId, out var row))
                rows[count++] = row;
        }
        return count;
    }

    private static RecommendResponse RankPopular(ServingState state, RecommendRequest request, Touch[] history)
    {
        if (state.Popular is not { ItemIds.Count: > 0 } popular)
            throw new UnavailableException(state.Problem.Length == 0 ? NothingYet : $"There is nothing to recommend from yet. {state.Problem}");
        if (request.Categories.Count > 0)
            throw new PreconditionException("No generation has been published yet, so the items' categories are not known. Ask without categories, or later.");
        var left = new HashSet<string>(request.ExcludedItemIds);
        left.UnionWith(state.Live.HiddenItems);
        if (!request.HasExcludeSeen || request.ExcludeSeen)
            left.UnionWith(history.Select(t => t.ItemId));
        var response = new RecommendResponse { Source = Source.Popular, Reason = "No generation has been published yet." };
        for (var i = 0; i < popular.ItemIds.Count && response.Items.Count < RequestRules.EffectiveK(request.K); i++)
            if (!left.Contains(popular.ItemIds[i]))
                response.Items.Add(new ScoredItem { ItemId = popular.ItemIds[i], Score = popular.Users[i] });
        return response;
    }

    private Generation Describe(LoadedGeneration generation)
    {
        var age = time.GetUtcNow() - generation.Manifest.PublishedAt.ToDateTimeOffset();
        return new Generation
        {
            Number = generation.Manifest.Number,
            PublishedAt = generation.Manifest.PublishedAt,
            EventTime = generation.Manifest.Snapshot.EventTime,
            // The publisher's clock may be ahead of ours.
            Age = Duration.FromTimeSpan(age > TimeSpan.Zero ? age : TimeSpan.Zero),
            SnapshotHash = generation.Manifest.Snapshot.Hash,
        };
    }
}

using System.Numerics.Tensors;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Impressions;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// What somebody should see, the same over gRPC and HTTP. The exceptions of ServiceDefaults.Errors become the statuses that recommender.proto states.
/// </summary>
internal sealed class Recommendations(
    GenerationFollower follower, KnownUsers users, UserQuery userQuery, TopKEngine engine, IOptions<ServerOptions> options, ServerMetrics metrics,
    Descriptions descriptions, ItemAttributes attributes, IImpressions impressions)
{
    private const string NoHistory = "Redis does not answer: what the user touched is not known, so that items seen may be among these.";

    private const string DamagedHistory = "What Redis has of what the user touched can't be read: items seen may be among these.";
    private const string NoAttributes = "Redis does not say what the items' attributes are: some come without.";

    /// <summary>The best items for a user, who will see them.</summary>
    public Task<RecommendResponse> RecommendAsync(RecommendRequest request, CancellationToken cancellationToken) =>
        MeasureAsync(request, isShown: impressions.AreOn && !request.NotShown, cancellationToken);

    /// <summary>The same for nobody to see, or not yet.</summary>
    public Task<RecommendResponse> PreviewAsync(RecommendRequest request, CancellationToken cancellationToken) =>
        MeasureAsync(request, isShown: false, cancellationToken);

    /// <summary>The best items for somebody who is not known, by what was touched in the session.</summary>
    public Task<RecommendResponse> RecommendSessionAsync(RecommendSessionRequest request, CancellationToken cancellationToken) =>
        metrics.MeasureAsync("RecommendSession", () => AnswerSessionAsync(request, cancellationToken), response => response.Source.ToString());

    private Task<RecommendResponse> MeasureAsync(RecommendRequest request, bool isShown, CancellationToken cancellationToken) =>
        metrics.MeasureAsync("Recommend", () => AnswerUserAsync(request, isShown, cancellationToken), response => response.Source.ToString());

    private async Task<RecommendResponse> AnswerUserAsync(RecommendRequest request, bool isShown, CancellationToken cancellationToken)
    {
        RequestRules.Check(request);
        var page = Page.Of(request.PageToken, new RecommendRequest(request) { PageToken = "", K = 0 });
        // Taken before the user is read: a vector of one generation must not meet another one's items.
        var state = follower.Current.For(request.UserId);
        var user = await users.ReadAsync(request.UserId, state.Generation, cancellationToken);
        var response = await RankWithAttributesAsync(state, Ask.Of(request, user, SeenTypes(request)), page, cancellationToken);
        if (response.VectorUnknown)
            metrics.VectorUnknown();
        if (user.History is null)
        {
            response.HistoryUnknown = true;
            AddReason(response, user.IsDamaged ? DamagedHistory : NoHistory);
        }
        if (isShown)
            impressions.Record(request.UserId, response, page.Position);
        return response;
    }

    private Task<RecommendResponse> AnswerSessionAsync(RecommendSessionRequest request, CancellationToken cancellationToken)
    {
        RequestRules.Check(request);
        var page = Page.Of(request.PageToken, new RecommendSessionRequest(request) { PageToken = "", K = 0 });
        return RankWithAttributesAsync(follower.Current, Ask.Of(request), page, cancellationToken);
    }

    private async Task<RecommendResponse> RankWithAttributesAsync(ServingState state, Ask ask, Page page, CancellationToken cancellationToken)
    {
        page.RequireGeneration(state);
        var response = state.Generation is { } generation
            ? await RankAsync(state, generation, ask, page, cancellationToken)
            : ListBeforeTheFirst(state, ask, page);
        response.AttributesUnknown = !await attributes.AddAsync(response.Items, ask.Attributes, cancellationToken);
        if (response.AttributesUnknown)
            AddReason(response, NoAttributes);
        return response;
    }

    private static void AddReason(RecommendResponse response, string reason) =>
        response.Reason = response.Reason.Length == 0 ? reason : $"{response.Reason} {reason}";

    private async Task<RecommendResponse> RankAsync(ServingState state, LoadedGeneration generation, Ask ask, Page page, CancellationToken cancellationToken)
    {
        var response = new RecommendResponse { Generation = descriptions.Of(generation), Arm = state.Arm, Experiment = state.ExperimentId };
        var query = engine.Rent(generation.Items, ask.DepthOf(page));
        try
        {
            Allow(query, state, generation, ask, page);
            var filter = new NewItemFilter(state, ask.Rules, ask.Left, page);
            var interest = userQuery.Fill(query, state, generation, ask, page, response);
            if (interest != Interest.None)
            {
                // What an index misses must not make the difference between the arms of an experiment, nor come on a later page.
                query.IsExact = state.Arm.Length > 0 || !page.IsFirst;
                query.After = (page.After.Score, generation.LastRowUpTo(page.After.Hash));
                await engine.FindAsync(query, cancellationToken);
                query.Found = InterimSearch.Merge(
                    query.Vector, state.Catalogue.New, filter, page.After, generation.ItemIds, query.Rows, query.Scores, query.Found);
                AddItems(response, ask, page, state, generation, query, row => TensorPrimitives.Dot<float>(query.Vector, state.Vector(generation, row)));
            }
            else if (state.Trending is { ItemIds.Count: > 0 } trending)
                TrendingSearch.Find(generation, trending, query.Allowed, filter, Math.Min(query.K, ask.K), response.Items);
            else
            {
                query.Found = PopularSearch.Find(generation, query.Allowed, query.Rows, query.Scores);
                AddItems(response, ask, page, state, generation, query, row => generation.Popularity[row]);
            }
            response.NextPageToken = page.Next(ask, interest, response.Items, generation);
        }
        finally
        {
            engine.Return(query);
        }
        if (ask.Explain && new Explanations(state, generation, ask.History) is var explanations)
            foreach (var item in response.Items)
                explanations.Explain(item);
        return response;
    }

    private static void Allow(TopKQuery query, ServingState state, LoadedGeneration generation, Ask ask, Page page)
    {
        var allowed = AllowedItems.Of(state, generation, ask.Rules, query.Allowed);
        foreach (var touch in ask.Left)
            allowed.Remove(touch.ItemId);
        foreach (var mark in page.Shown)
            if (ItemMark.IsRow(generation, mark))
                new ItemSet(query.Allowed).Remove((int)mark);
    }

    private static void AddItems(
        RecommendResponse response, Ask ask, Page page, ServingState state, LoadedGeneration generation, TopKQuery query, Func<int, float> scoreOf)
    {
        var rows = query.Rows[..query.Found];
        var scores = query.Scores[..query.Found];
        if (ask.Diversity > 0)
        {
            // What was shown belongs to the best that are chosen among, and what comes next must not be like it.
            var shown = page.ShownRows(state, generation);
            rows = (int[])[.. shown, .. rows];
            scores = (float[])[.. shown.Select(scoreOf), .. scores];
            Diversification.Apply(rows, scores, shown.Length, ask.Diversity, generation.Dimension, row => state.Vector(generation, row));
            rows = rows[shown.Length..];
            scores = scores[shown.Length..];
        }
        for (var i = 0; i < rows.Length && i < ask.K; i++)
            response.Items.Add(new ScoredItem { ItemId = state.ItemId(generation, rows[i]), Score = scores[i] });
    }

    private static RecommendResponse ListBeforeTheFirst(ServingState state, Ask ask, Page page)
    {
        var response = new RecommendResponse { Source = Source.Popular, Reason = "No generation has been published yet." };
        PopularSearch.BeforeTheFirst(state, ask.Rules, ask.Left, page.Shown, ask.K, response.Items);
        response.NextPageToken = page.Next(ask, Interest.None, response.Items, generation: null);
        if (ask.Explain)
            foreach (var item in response.Items)
                Explanations.ExplainByUsers(item);
        return response;
    }

    private IReadOnlyList<string> SeenTypes(RecommendRequest request) => request.SeenTypes.Count > 0 ? request.SeenTypes : options.Value.SeenTypes;
}

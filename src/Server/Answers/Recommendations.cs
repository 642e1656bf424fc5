using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Encoders;
using Rearm.Streaming.Server.Impressions;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// What somebody should see, the same over gRPC and HTTP. The exceptions of ServiceDefaults.Errors become the statuses that recommender.proto states.
/// </summary>
internal sealed class Recommendations(
    GenerationFollower follower, KnownUsers users, TopKEngine engine, IOptions<ServerOptions> options, ServerMetrics metrics, Descriptions descriptions,
    ItemAttributes attributes, IImpressions impressions)
{
    // Numbers of a vector; a wider one is rare, and costs an allocation.
    private const int OnTheStack = 512;

    private const string VectorNotKnown = "The user's vector is not known";

    private const string NoSequence = "Redis has nothing of what the user touched: ranked by the user's vector as of the training.";

    private const string NoHistory = "Redis does not answer: what the user touched is not known, so that items seen may be among these.";

    private const string NoAttributes = "Redis does not say what the items' attributes are: some come without.";

    /// <summary>The best items for a user, who will see them.</summary>
    public Task<RecommendResponse> RecommendAsync(RecommendRequest request, CancellationToken cancellationToken) =>
        impressions.AreOn && !request.NotShown ? RecordedAsync(request, cancellationToken) : PreviewAsync(request, cancellationToken);

    /// <summary>The same for nobody to see, or not yet.</summary>
    public Task<RecommendResponse> PreviewAsync(RecommendRequest request, CancellationToken cancellationToken) =>
        metrics.MeasureAsync("Recommend", () => RankAsync(request, cancellationToken), response => response.Source.ToString());

    /// <summary>The best items for somebody who is not known, by what was touched in the session.</summary>
    public Task<RecommendResponse> RecommendSessionAsync(RecommendSessionRequest request, CancellationToken cancellationToken) =>
        metrics.MeasureAsync("RecommendSession", () => RankAsync(request, cancellationToken), response => response.Source.ToString());

    private async Task<RecommendResponse> RecordedAsync(RecommendRequest request, CancellationToken cancellationToken)
    {
        var response = await PreviewAsync(request, cancellationToken);
        impressions.Record(request.UserId, response, request.PageToken.Length == 0 ? 0 : Page.Of(request).Offset);
        return response;
    }

    private async Task<RecommendResponse> RankAsync(RecommendRequest request, CancellationToken cancellationToken)
    {
        RequestRules.Check(request);
        var page = Page.Of(request);
        // Taken before the user is read: a vector of one generation must not meet another one's items.
        var state = follower.Current.For(request.UserId);
        var user = await users.ReadAsync(request.UserId, state.Generation, cancellationToken);
        var response = await AnswerAsync(state, Ask.Of(request, user, page.Before(user.History ?? []), SeenTypes(request), page.Offset), page, cancellationToken);
        if (response.VectorUnknown)
            metrics.VectorUnknown();
        if (user.History is null)
        {
            response.HistoryUnknown = true;
            AddReason(response, NoHistory);
        }
        return response;
    }

    private Task<RecommendResponse> RankAsync(RecommendSessionRequest request, CancellationToken cancellationToken)
    {
        RequestRules.Check(request);
        var page = Page.Of(request);
        return AnswerAsync(follower.Current, Ask.Of(request, page.Offset), page, cancellationToken);
    }

    private async Task<RecommendResponse> AnswerAsync(ServingState state, Ask ask, Page page, CancellationToken cancellationToken)
    {
        var response = await RankAsync(state, ask, page, cancellationToken);
        response.AttributesUnknown = !await attributes.AddAsync(response.Items, ask.Attributes, cancellationToken);
        if (response.AttributesUnknown)
            AddReason(response, NoAttributes);
        return response;
    }

    private static void AddReason(RecommendResponse response, string reason) =>
        response.Reason = response.Reason.Length == 0 ? reason : $"{response.Reason} {reason}";

    private async Task<RecommendResponse> RankAsync(ServingState state, Ask ask, Page page, CancellationToken cancellationToken)
    {
        page.RequireGeneration(state);
        if (state.Generation is not { } generation)
            return RankPopular(state, ask, page);
        var response = new RecommendResponse { Generation = descriptions.Of(generation), Arm = state.Arm, Experiment = state.ExperimentId };
        var query = engine.Rent(generation.Items, ask.Depth);
        try
        {
            var allowed = AllowedItems.Of(state, generation, ask.Rules, query.Allowed);
            foreach (var touch in ask.Left)
                allowed.Remove(touch.ItemId);
            // What an index misses must not make the difference between the arms of an experiment.
            query.IsExact = state.Arm.Length > 0;
            var filter = new NewItemFilter(state, ask.Rules, ask.Left);
            if (AskFor(query, state, generation, ask, response))
            {
                await engine.FindAsync(query, cancellationToken);
                query.Found = InterimSearch.Merge(query.Vector, state.Catalogue.New, filter, generation.ItemIds.Count, query.Rows, query.Scores, query.Found);
                Answer(response, page, ask, state, generation, query);
            }
            else if (state.Trending is { ItemIds.Count: > 0 } trending)
            {
                var found = new List<ScoredItem>();
                TrendingSearch.Find(generation, trending, query.Allowed, filter, query.K, found);
                Answer(response, page, ask, found);
            }
            else
            {
                query.Found = PopularSearch.Find(generation, query.Allowed, query.Rows, query.Scores);
                Answer(response, page, ask, state, generation, query);
            }
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

    // Makes the query of what is known about the user, and says of what; false if that is nothing.
    private bool AskFor(TopKQuery query, ServingState state, LoadedGeneration generation, Ask ask, RecommendResponse response)
    {
        var (stored, mayExist) = state.IsErased(ask.UserId) ? (null, false) : (ask.Vector, ask.VectorUnknown);
        // With a history there is no need of the vector as of the training; without, that is the best there is.
        if (generation.UserEncoder is { } encoder && ask.History.Length > 0 && !(ask.HistoryUnknown && stored is not null))
            return AskBySequence(query, encoder, state, generation, ask, mayExist, response);
        Span<float> user = generation.Dimension <= OnTheStack ? stackalloc float[OnTheStack] : new float[generation.Dimension];
        user = user[..generation.Dimension];
        var isDamaged = stored is not null && !UserVectorCodec.TryRead(stored, generation.Manifest.VectorSeed, user);
        if (stored is null || isDamaged)
            user = [];
        response.VectorUnknown = isDamaged || mayExist;
        var notKnown = isDamaged ? "The user's vector in Redis is damaged"
            : mayExist ? VectorNotKnown
            : "The model does not know this user yet";
        Span<int> recent = stackalloc int[options.Value.RecentItems];
        recent = recent[..Recent(generation, state.Catalogue.New, ask, userIsKnown: !user.IsEmpty, recent)];
        var interest = UserInterest.Blend(user, generation.Items.Matrix, state.Catalogue.New, recent, options.Value.RecentWeight, query.Vector);
        (response.Source, response.Reason) = interest switch
        {
            Interest.Trained when generation.UserEncoder is not null && !ask.HistoryUnknown => (Source.Personal, NoSequence),
            Interest.Trained => (Source.Personal, ""),
            Interest.Session when ask.UserId.Length == 0 => (Source.Personal, ""),
            Interest.Session => (Source.Personal, $"{notKnown}: ranked by the {recent.Length} newest items touched."),
            _ when ask.UserId.Length == 0 => (Source.Popular, "The model knows none of the items touched yet."),
            _ when !user.IsEmpty => (Source.Popular, "The model has learned nothing about this user yet."),
            _ when response.VectorUnknown => (Source.Popular, $"{notKnown}."),
            _ when ask.History.Length > 0 => (Source.Popular, "The model knows neither this user nor the items touched yet."),
            _ => (Source.Popular, $"{notKnown}."),
        };
        return interest != Interest.None;
    }

    // The model reads what was touched itself, up to this moment: whether it was trained with this user makes no difference.
    private static bool AskBySequence(
        TopKQuery query, UserEncoder encoder, ServingState state, LoadedGeneration generation, Ask ask, bool vectorUnknown, RecommendResponse response)
    {
        var read = UserSequence.Encode(encoder, generation, state.Catalogue.New, ask.History, query.Vector);
        response.VectorUnknown = vectorUnknown;
        (response.Source, response.Reason) = read switch
        {
            > 0 when ask.HistoryUnknown => (Source.Personal, $"{VectorNotKnown}: ranked by the {read} newest items touched."),
            > 0 => (Source.Personal, ""),
            _ => (Source.Popular, "The model knows none of the items touched yet."),
        };
        return read > 0;
    }

    private static void Answer(RecommendResponse response, Page page, Ask ask, ServingState state, LoadedGeneration generation, TopKQuery query)
    {
        var rows = query.Rows[..query.Found];
        var scores = query.Scores[..query.Found];
        if (ask.Diversity > 0)
            Diversification.Apply(rows, scores, ask.Diversity, generation.Dimension, row => state.Vector(generation, row));
        for (var i = ask.Offset; i < rows.Length && response.Items.Count < ask.K; i++)
            response.Items.Add(new ScoredItem { ItemId = state.ItemId(generation, rows[i]), Score = scores[i] });
        response.NextPageToken = page.Next(ask, response.Items.Count, generation.Manifest.Number);
    }

    private static void Answer(RecommendResponse response, Page page, Ask ask, List<ScoredItem> found)
    {
        response.Items.Add(found.Skip(ask.Offset).Take(ask.K));
        response.NextPageToken = page.Next(ask, response.Items.Count, response.Generation?.Number ?? 0);
    }

    private IReadOnlyList<string> SeenTypes(RecommendRequest request) => request.SeenTypes.Count > 0 ? request.SeenTypes : options.Value.SeenTypes;

    // What the model has not learned from: for a user it knows, what is not in the snapshot it was trained on; for another, everything. An event that was late
    // may stand behind others that are learned. Rows beyond the generation's are new items.
    internal static int Recent(LoadedGeneration generation, NewItems newItems, Ask ask, bool userIsKnown, Span<int> rows)
    {
        var readUntil = generation.ReadUntil(ask.Partition);
        var count = 0;
        foreach (var touch in ask.History)
        {
            if (count == rows.Length || touch.IsNegative)
                break;
            if (userIsKnown && (readUntil is { } until ? touch.Offset < until : touch.Time <= generation.LearnedUntil))
                continue;
            if (generation.TryGetItem(touch.ItemId, out var row))
                rows[count++] = row;
            else if (newItems.TryGet(touch.ItemId, out row) && row < newItems.WithVector)
                rows[count++] = generation.ItemIds.Count + row;
        }
        return count;
    }

    private static RecommendResponse RankPopular(ServingState state, Ask ask, Page page)
    {
        var response = new RecommendResponse { Source = Source.Popular, Reason = "No generation has been published yet." };
        var found = new List<ScoredItem>();
        PopularSearch.BeforeTheFirst(state, ask.Rules, ask.Left, ask.Depth, found);
        Answer(response, page, ask, found);
        return response;
    }
}

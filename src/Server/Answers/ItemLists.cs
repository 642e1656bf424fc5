using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What is popular, and what is trending: for everybody.</summary>
internal sealed class ItemLists(GenerationFollower follower, TopKEngine engine, ItemAttributes attributes, ServerMetrics metrics, Descriptions descriptions)
{
    /// <summary>The items with most users.</summary>
    public Task<PopularResponse> PopularAsync(PopularRequest request, CancellationToken cancellationToken) =>
        metrics.MeasureAsync("Popular", () => DescribedAsync(Popular(request), request, cancellationToken), _ => "Popular");

    /// <summary>The items with most users lately.</summary>
    public Task<PopularResponse> TrendingAsync(PopularRequest request, CancellationToken cancellationToken) =>
        metrics.MeasureAsync("Trending", () => DescribedAsync(Trending(request), request, cancellationToken), _ => "Trending");

    private async Task<PopularResponse> DescribedAsync(PopularResponse response, PopularRequest request, CancellationToken cancellationToken)
    {
        response.AttributesUnknown = !await attributes.AddAsync(response.Items, request.Attributes, cancellationToken);
        return response;
    }

    private PopularResponse Popular(PopularRequest request)
    {
        RequestRules.Check(request);
        var (state, rules, response) = (follower.Current, Rules(request), new PopularResponse());
        if (state.Generation is not { } generation)
        {
            PopularSearch.BeforeTheFirst(state, rules, [], [], RequestRules.EffectiveK(request.K), response.Items);
            return response;
        }
        response.Generation = descriptions.Of(generation);
        var query = engine.Rent(generation.Items, RequestRules.EffectiveK(request.K));
        try
        {
            AllowedItems.Of(state, generation, rules, query.Allowed);
            query.Found = PopularSearch.Find(generation, query.Allowed, query.Rows, query.Scores);
            for (var i = 0; i < query.Found; i++)
                response.Items.Add(new ScoredItem { ItemId = generation.ItemIds[query.Rows[i]], Score = query.Scores[i] });
            return response;
        }
        finally
        {
            engine.Return(query);
        }
    }

    private PopularResponse Trending(PopularRequest request)
    {
        RequestRules.Check(request);
        var (state, rules) = (follower.Current, Rules(request));
        if (state is not { Generation: { } generation, Trending: { ItemIds.Count: > 0 } trending })
            throw new PreconditionException("What is trending is not known yet: it takes a generation, and a GraphBuilder that has read events.");
        var response = new PopularResponse { Generation = descriptions.Of(generation) };
        var query = engine.Rent(generation.Items, RequestRules.EffectiveK(request.K));
        try
        {
            AllowedItems.Of(state, generation, rules, query.Allowed);
            TrendingSearch.Find(generation, trending, query.Allowed, new(state, rules, []), query.K, response.Items);
            return response;
        }
        finally
        {
            engine.Return(query);
        }
    }

    private static ItemRules Rules(PopularRequest request) => new(request.Categories, request.ExcludedItemIds, request.Filter);
}

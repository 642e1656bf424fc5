using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults.Errors;
using By = Rearm.Streaming.Contracts.V1.SimilarItemsRequest.Types.By;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What goes with an item: by the model's vectors, or by a graph that came with the generation.</summary>
internal sealed class SimilarItems(GenerationFollower follower, TopKEngine engine, ItemAttributes attributes, ServerMetrics metrics, Descriptions descriptions)
{
    // A vector that is shorter has no direction to speak of.
    private const float Shortest = 1e-18f;

    /// <summary>The items nearest to an item.</summary>
    public Task<SimilarItemsResponse> FindAsync(SimilarItemsRequest request, CancellationToken cancellationToken) =>
        metrics.MeasureAsync("SimilarItems", () => AnswerAsync(request, cancellationToken), _ => "Similar");

    private async Task<SimilarItemsResponse> AnswerAsync(SimilarItemsRequest request, CancellationToken cancellationToken)
    {
        var response = await RankAsync(request, cancellationToken);
        response.AttributesUnknown = !await attributes.AddAsync(response.Items, request.Attributes, cancellationToken);
        return response;
    }

    private async Task<SimilarItemsResponse> RankAsync(SimilarItemsRequest request, CancellationToken cancellationToken)
    {
        RequestRules.Check(request);
        var state = follower.Current;
        var generation = state.Generation
            ?? throw new PreconditionException("No generation has been published yet, so no item's vector is known.");
        var (isKnown, newItems) = (generation.TryGetItem(request.ItemId, out var item), state.Catalogue.New);
        if (!isKnown && !(request.By == By.Model && newItems.TryGet(request.ItemId, out item) && item < newItems.WithVector))
            throw new NotFoundException($"Generation {generation.Manifest.Number} has no item \"{request.ItemId}\".");

        var response = new SimilarItemsResponse { Generation = descriptions.Of(generation) };
        var query = engine.Rent(generation.Items, RequestRules.EffectiveK(request.K));
        try
        {
            AllowedItems.Of(state, generation, new(request.Categories, request.ExcludedItemIds, request.Filter), query.Allowed).Remove(request.ItemId);
            if (request.By != By.Model)
            {
                AddNeighbors(response, generation, request, item, query);
                return response;
            }
            (isKnown ? generation.Items[item] : newItems.Vector(item)).CopyTo(query.Vector);
            var scale = isKnown ? generation.Items.InverseLengths[item] : TensorPrimitives.Norm<float>(query.Vector) is > Shortest and var length ? 1 / length : 0;
            query.ByCosine = true;
            await engine.FindAsync(query, cancellationToken);
            for (var i = 0; i < query.Found; i++)
                response.Items.Add(new ScoredItem { ItemId = generation.ItemIds[query.Rows[i]], Score = query.Scores[i] * scale });
            return response;
        }
        finally
        {
            engine.Return(query);
        }
    }

    private static void AddNeighbors(SimilarItemsResponse response, LoadedGeneration generation, SimilarItemsRequest request, int item, TopKQuery query)
    {
        var graph = generation.Graphs.SingleOrDefault(g => g.Modality == request.Modality)
            ?? throw new PreconditionException(request.By == By.CoOccurrence
                ? $"Generation {generation.Manifest.Number} came without the items' co-occurrence."
                : $"Generation {generation.Manifest.Number} knows no modality \"{request.Modality}\"; it knows {Names(generation)}.");
        var rows = graph.Neighbors.RowColumns(item);
        var values = graph.Neighbors.RowValues(item);
        for (var i = 0; i < rows.Length && response.Items.Count < query.K; i++)
            if (ItemSet.Contains(query.Allowed, rows[i]))
                response.Items.Add(new ScoredItem { ItemId = generation.ItemIds[rows[i]], Score = values[i] });
    }

    private static string Names(LoadedGeneration generation) =>
        string.Join(", ", generation.Graphs.Where(g => g.Modality.Length > 0).Select(g => $"\"{g.Modality}\"").DefaultIfEmpty("none"));
}

using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults.Errors;
using By = Rearm.Streaming.Contracts.V1.SimilarItemsRequest.Types.By;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What goes with an item: by the model's vectors, or by a graph that came with the generation.</summary>
internal sealed class SimilarItems(GenerationFollower follower, TopKEngine engine, ItemAttributes attributes, ServerMetrics metrics, Descriptions descriptions)
{
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
            ?? throw new PreconditionException("No generation has been published yet, so nothing is known of items. Try later; rearm models train makes one.");
        var newItems = state.Catalogue.New;
        if (!generation.TryGetItem(request.ItemId, out var row))
            row = newItems.TryGet(request.ItemId, out var item) && item < newItems.WithVector
                ? generation.ItemIds.Count + item
                : throw NotFound(generation, request);

        var response = new SimilarItemsResponse { Generation = descriptions.Of(generation) };
        var query = engine.Rent(generation.Items, RequestRules.EffectiveK(request.K));
        try
        {
            var rules = new ItemRules(request.Categories, [.. request.ExcludedItemIds, request.ItemId], request.Filter);
            AllowedItems.Of(state, generation, rules, query.Allowed);
            if (request.By != By.Model)
            {
                var neighbors = row < generation.ItemIds.Count ? Linked(generation, request, row) : Alike(newItems, generation, request, row);
                AddNeighbors(response, query, neighbors, generation);
                return response;
            }
            state.Vector(generation, row).CopyTo(query.Vector);
            query.ByCosine = true;
            await engine.FindAsync(query, cancellationToken);
            query.Found = InterimSearch.Merge(
                query.Vector, newItems, new NewItemFilter(state, rules, []), Cursor.Start, generation.ItemIds, query.Rows, query.Scores, query.Found,
                byCosine: true);
            var scale = state.InverseLength(generation, row);
            for (var i = 0; i < query.Found; i++)
                response.Items.Add(new ScoredItem { ItemId = state.ItemId(generation, query.Rows[i]), Score = query.Scores[i] * scale });
            return response;
        }
        finally
        {
            engine.Return(query);
        }
    }

    private static void AddNeighbors(SimilarItemsResponse response, TopKQuery query, IEnumerable<(int Row, float Value)> neighbors, LoadedGeneration generation)
    {
        foreach (var (row, value) in neighbors)
            if (response.Items.Count < query.K && ItemSet.Contains(query.Allowed, row))
                response.Items.Add(new ScoredItem { ItemId = generation.ItemIds[row], Score = value });
    }

    // What a graph of the generation has of an item.
    private static IEnumerable<(int Row, float Value)> Linked(LoadedGeneration generation, SimilarItemsRequest request, int row)
    {
        var neighbors = Graph(generation, request).Neighbors;
        return neighbors.RowColumns(row).ToArray().Zip(neighbors.RowValues(row).ToArray());
    }

    // A new item is in no graph: the catalogue has the nearest to it by all of its features.
    private static IEnumerable<(int Row, float Value)> Alike(NewItems newItems, LoadedGeneration generation, SimilarItemsRequest request, int row)
    {
        if (request.By == By.CoOccurrence)
            throw new NotFoundException(
                $"Generation {generation.Manifest.Number} does not know item \"{request.ItemId}\" yet, so neither who touched it. "
                + "Ask by MODEL or by FEATURES; rearm models train makes a generation that knows it.");
        _ = Graph(generation, request);
        return newItems.Neighbors(row - generation.ItemIds.Count)
            .Select(neighbor => (Row: generation.TryGetItem(neighbor.ItemId, out var known) ? known : -1, neighbor.Cosine))
            .Where(neighbor => neighbor is { Row: >= 0, Cosine: > 0 })
            .OrderByDescending(neighbor => neighbor.Cosine).ThenBy(neighbor => neighbor.Row);
    }

    private static ItemGraph Graph(LoadedGeneration generation, SimilarItemsRequest request) =>
        generation.Graphs.SingleOrDefault(g => g.Modality == request.Modality)
            ?? throw new PreconditionException(request.By == By.CoOccurrence
                ? $"Generation {generation.Manifest.Number} came without the items' co-occurrence. Ask by MODEL; rearm models train makes another."
                : $"Generation {generation.Manifest.Number} knows no modality \"{request.Modality}\"; it knows {Names(generation)}. "
                    + "Ask for one of these, or by MODEL.");

    private static NotFoundException NotFound(LoadedGeneration generation, SimilarItemsRequest request) =>
        new($"Generation {generation.Manifest.Number} has no item \"{request.ItemId}\", and the live catalogue no features of it. "
            + "Check the id; a new item needs features, and takes a second or two.");

    private static string Names(LoadedGeneration generation) =>
        string.Join(", ", generation.Graphs.Where(g => g.Modality.Length > 0).Select(g => $"\"{g.Modality}\"").DefaultIfEmpty("none"));
}

using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// Says why items are in an answer: what of the user's they go with, as the graphs and vectors of the generation have it. Where these say nothing, that an
/// item has so many users.
/// </summary>
internal sealed class Explanations
{
    // The newest items of a user that reasons are looked for among.
    private const int MaxTouched = 200;

    // Reasons of one kind for one item.
    private const int MaxOfAKind = 3;

    // Below this cosine two vectors have little to do with each other.
    private const float LeastCosine = 0.1f;

    private readonly ServingState _state;
    private readonly LoadedGeneration _generation;
    private readonly List<(string ItemId, int Row)> _touched = [];
    private readonly HashSet<int> _rows = [];

    /// <param name="state">What is served.</param>
    /// <param name="generation">Its generation.</param>
    /// <param name="history">What the user touched, newest first.</param>
    public Explanations(ServingState state, LoadedGeneration generation, Touch[] history)
    {
        (_state, _generation) = (state, generation);
        foreach (var touch in history.Where(touch => !touch.IsNegative).Take(MaxTouched))
            if (generation.TryGetItem(touch.ItemId, out var row) && _rows.Add(row))
                _touched.Add((touch.ItemId, row));
    }

    /// <summary>Adds an item's reasons to it.</summary>
    public void Explain(ScoredItem item)
    {
        if (!_generation.TryGetItem(item.ItemId, out var row))
        {
            ExplainNew(item);
            return;
        }
        foreach (var graph in _generation.Graphs)
            item.Evidence.Add(Links(graph, row).OrderByDescending(link => link.Value).Take(MaxOfAKind));
        if (Nearest(row) is { } nearest)
            item.Evidence.Add(nearest);
        if (item.Evidence.Count == 0 && _generation.Popularity[row] > 0)
            item.Evidence.Add(new Evidence { Kind = Evidence.Types.Kind.Popular, Value = _generation.Popularity[row] });
    }

    // A graph keeps the strongest neighbours of each item: one that is not among these may yet have this item among its own.
    private IEnumerable<Evidence> Links(ItemGraph graph, int row)
    {
        var kind = graph.Modality.Length == 0 ? Evidence.Types.Kind.CoOccurrence : Evidence.Types.Kind.SimilarFeatures;
        foreach (var (itemId, touched) in _touched)
            if ((Value(graph, row, touched) ?? Value(graph, touched, row)) is { } value and > 0)
                yield return new() { Kind = kind, ItemId = itemId, Modality = graph.Modality, Value = value };
    }

    private static float? Value(ItemGraph graph, int row, int neighbor) =>
        graph.Neighbors.RowColumns(row).IndexOf(neighbor) is var at and >= 0 ? graph.Neighbors.RowValues(row)[at] : null;

    private Evidence? Nearest(int row)
    {
        var items = _generation.Items;
        var (nearest, best) = ("", LeastCosine);
        foreach (var (itemId, touched) in _touched)
            if (touched != row && TensorPrimitives.Dot(items[row], items[touched]) * items.InverseLengths[row] * items.InverseLengths[touched] is var cosine && cosine > best)
                (nearest, best) = (itemId, cosine);
        return nearest.Length == 0 ? null : new() { Kind = Evidence.Types.Kind.SimilarVector, ItemId = nearest, Value = best };
    }

    // A new item stands where those are that it looks like.
    private void ExplainNew(ScoredItem item)
    {
        if (!_state.Catalogue.New.TryGet(item.ItemId, out var row))
            return;
        item.Evidence.Add(_state.Catalogue.New.Neighbors(row)
            .Where(neighbor => _generation.TryGetItem(neighbor.ItemId, out var known) && _rows.Contains(known))
            .OrderByDescending(neighbor => neighbor.Cosine)
            .Take(MaxOfAKind)
            .Select(neighbor => new Evidence { Kind = Evidence.Types.Kind.SimilarFeatures, ItemId = neighbor.ItemId, Value = neighbor.Cosine }));
    }
}

using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Live;
using Kind = Rearm.Streaming.Contracts.V1.Evidence.Types.Kind;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// Says why items are in an answer: what of the user's they go with, as the graphs and vectors of the generation have it, and what the live catalogue says of
/// items that the generation does not know. Where these say nothing, that an item has so many users.
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
    private readonly List<(string ItemId, int Row, float InverseLength)> _touched = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private Dictionary<string, float>? _trending;

    /// <param name="state">What is served.</param>
    /// <param name="generation">Its generation.</param>
    /// <param name="history">What the user touched, newest first.</param>
    public Explanations(ServingState state, LoadedGeneration generation, Touch[] history)
    {
        (_state, _generation) = (state, generation);
        foreach (var touch in history.Where(touch => !touch.IsNegative).Take(MaxTouched))
            if (_ids.Add(touch.ItemId) && TryGetRow(touch.ItemId, out var row))
                _touched.Add((touch.ItemId, row, state.InverseLength(generation, row)));
    }

    /// <summary>Adds the reasons that there are before the first generation: an item's users.</summary>
    public static void ExplainByUsers(ScoredItem item) => item.Evidence.Add(new Evidence { Kind = Kind.Popular, Value = item.Score });

    /// <summary>Adds an item's reasons to it.</summary>
    public void Explain(ScoredItem item)
    {
        if (TryGetRow(item.ItemId, out var row))
        {
            if (IsNew(row))
                item.Evidence.Add(Strongest(LooksOfNew(row)));
            else
            {
                foreach (var graph in _generation.Graphs)
                    item.Evidence.Add(Strongest(Links(graph, row)));
                item.Evidence.Add(Strongest(NewThatLookLike(item.ItemId)));
            }
            if (Nearest(row) is { } nearest)
                item.Evidence.Add(nearest);
        }
        if (item.Evidence.Count == 0 && Users(item.ItemId) is var users and > 0)
            item.Evidence.Add(new Evidence { Kind = Kind.Popular, Value = users });
    }

    private static IEnumerable<Evidence> Strongest(IEnumerable<Evidence> reasons) => reasons.OrderByDescending(reason => reason.Value).Take(MaxOfAKind);

    // A graph keeps the strongest neighbours of each item: one that is not among these may yet have this item among its own.
    private IEnumerable<Evidence> Links(ItemGraph graph, int row)
    {
        var kind = graph.Modality.Length == 0 ? Kind.CoOccurrence : Kind.SimilarFeatures;
        foreach (var (itemId, touched, _) in _touched)
            if (!IsNew(touched) && (Value(graph, row, touched) ?? Value(graph, touched, row)) is { } value and > 0)
                yield return new() { Kind = kind, ItemId = itemId, Modality = graph.Modality, Value = value };
    }

    private static float? Value(ItemGraph graph, int row, int neighbor) =>
        graph.Neighbors.RowColumns(row).IndexOf(neighbor) is var at and >= 0 ? graph.Neighbors.RowValues(row)[at] : null;

    // A new item stands where those are that it looks like.
    private IEnumerable<Evidence> LooksOfNew(int row) =>
        from neighbor in Neighbors(row)
        where neighbor.Cosine > 0 && _ids.Contains(neighbor.ItemId)
        select Looks(neighbor.ItemId, neighbor.Cosine);

    private IEnumerable<Evidence> NewThatLookLike(string itemId) =>
        from touched in _touched
        where IsNew(touched.Row)
        from neighbor in Neighbors(touched.Row)
        where neighbor.Cosine > 0 && neighbor.ItemId == itemId
        select Looks(touched.ItemId, neighbor.Cosine);

    private static Evidence Looks(string itemId, float cosine) => new() { Kind = Kind.SimilarFeatures, ItemId = itemId, Value = cosine };

    private Evidence? Nearest(int row)
    {
        var vector = _state.Vector(_generation, row);
        var inverse = _state.InverseLength(_generation, row);
        var (nearest, best) = ("", LeastCosine);
        foreach (var (itemId, touched, touchedInverse) in _touched)
            if (touched != row && TensorPrimitives.Dot(vector, _state.Vector(_generation, touched)) * inverse * touchedInverse is var cosine && cosine > best)
                (nearest, best) = (itemId, cosine);
        return nearest.Length == 0 ? null : new() { Kind = Kind.SimilarVector, ItemId = nearest, Value = best };
    }

    // Its users may be more than when the model was trained.
    private double Users(string itemId)
    {
        _trending ??= Trending();
        return Math.Max(_trending.GetValueOrDefault(itemId), _generation.TryGetItem(itemId, out var row) ? _generation.Popularity[row] : 0);
    }

    private Dictionary<string, float> Trending()
    {
        var scores = new Dictionary<string, float>(StringComparer.Ordinal);
        if (_state.Trending is { } trending)
            foreach (var (itemId, score) in trending.ItemIds.Zip(trending.Scores))
                scores[itemId] = score;
        return scores;
    }

    // The row of an item that has a vector; rows beyond the generation's are new items.
    private bool TryGetRow(string itemId, out int row)
    {
        if (_generation.TryGetItem(itemId, out row))
            return true;
        var isNew = _state.Catalogue.New.TryGet(itemId, out row) && row < _state.Catalogue.New.WithVector;
        row += _generation.ItemIds.Count;
        return isNew;
    }

    private bool IsNew(int row) => row >= _generation.ItemIds.Count;

    private IEnumerable<(string ItemId, float Cosine)> Neighbors(int row) => _state.Catalogue.New.Neighbors(row - _generation.ItemIds.Count);
}

using System.Buffers;
using Google.Protobuf.Collections;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>The items one answer may hold: those recommendable now, less what its request filters out. Its memory is pooled: give it back.</summary>
internal readonly ref struct AllowedItems
{
    private readonly LoadedGeneration _generation;
    private readonly ulong[] _rented;

    public AllowedItems(ServingState state, LoadedGeneration generation)
    {
        _generation = generation;
        _rented = ArrayPool<ulong>.Shared.Rent(state.Recommendable.Length);
        Words = _rented.AsSpan(0, state.Recommendable.Length);
        state.Recommendable.CopyTo(Words);
    }

    /// <summary>The set's bits.</summary>
    public Span<ulong> Words { get; }

    /// <summary>The set.</summary>
    public ItemSet Rows => new(Words);

    /// <summary>Keeps what is in at least one of the categories; all if none is given.</summary>
    public void KeepCategories(RepeatedField<string> categories)
    {
        if (categories.Count == 0)
            return;
        var rented = ArrayPool<ulong>.Shared.Rent(Words.Length);
        var words = rented.AsSpan(0, Words.Length);
        words.Clear();
        var union = new ItemSet(words);
        foreach (var category in categories)
            foreach (var row in _generation.ItemsOf(category))
                union.Add(row);
        Rows.IntersectWith(words);
        ArrayPool<ulong>.Shared.Return(rented);
    }

    /// <summary>Takes items out; ids the generation does not know are ignored.</summary>
    public void Remove(RepeatedField<string> itemIds)
    {
        foreach (var id in itemIds)
            Remove(id);
    }

    /// <summary>Takes an item out, if the generation knows it.</summary>
    public void Remove(string itemId)
    {
        if (_generation.TryGetItem(itemId, out var row))
            Rows.Remove(row);
    }

    /// <summary>Gives the memory back.</summary>
    public void Return() => ArrayPool<ulong>.Shared.Return(_rented);
}

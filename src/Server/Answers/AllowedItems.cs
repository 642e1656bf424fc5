using System.Buffers;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Answers;

/// <summary>The items of the generation that one answer may hold: those recommendable now, less what its request filters out. Over memory the caller lends.</summary>
internal readonly ref struct AllowedItems
{
    private readonly ServingState _state;
    private readonly LoadedGeneration _generation;
    private readonly Span<ulong> _words;

    private AllowedItems(ServingState state, LoadedGeneration generation, Span<ulong> words)
    {
        _state = state;
        _generation = generation;
        _words = words;
    }

    /// <summary>All that the rules allow.</summary>
    /// <param name="state">Says which are recommendable.</param>
    /// <param name="generation">The state's.</param>
    /// <param name="rules">What the request asks for.</param>
    /// <param name="words">Takes the set; as long as an <see cref="ItemSet"/> of the generation's items is.</param>
    public static AllowedItems Of(ServingState state, LoadedGeneration generation, ItemRules rules, Span<ulong> words)
    {
        state.Recommendable.CopyTo(words);
        var allowed = new AllowedItems(state, generation, words);
        if (rules.IncludeUnavailable && !state.Unavailable.IsEmpty)
            new ItemSet(words).UnionWith(state.Unavailable);
        if (rules.Categories.Count > 0)
            allowed.KeepAnyOf(rules.Categories);
        foreach (var category in rules.AllCategories)
            allowed.KeepAnyOf([category]);
        foreach (var category in rules.NoCategories)
            foreach (var row in state.ItemsOf(category))
                new ItemSet(words).Remove(row);
        if (rules.Only.Count > 0)
            allowed.Keep(rules.Only, static (items, id, set) =>
            {
                if (items._generation.TryGetItem(id, out var row))
                    set.Add(row);
            });
        foreach (var id in rules.Excluded)
            allowed.Remove(id);
        return allowed;
    }

    /// <summary>Takes an item out, if the generation knows it.</summary>
    public void Remove(string itemId)
    {
        if (_generation.TryGetItem(itemId, out var row))
            new ItemSet(_words).Remove(row);
    }

    private delegate void Adding(AllowedItems items, string name, ItemSet set);

    private void KeepAnyOf(IReadOnlyCollection<string> categories) => Keep(categories, static (items, category, set) =>
    {
        foreach (var row in items._state.ItemsOf(category))
            set.Add(row);
    });

    // Keeps what each of the names adds to a set.
    private void Keep(IReadOnlyCollection<string> names, Adding add)
    {
        var rented = ArrayPool<ulong>.Shared.Rent(_words.Length);
        var words = rented.AsSpan(0, _words.Length);
        words.Clear();
        foreach (var name in names)
            add(this, name, new(words));
        new ItemSet(_words).IntersectWith(words);
        ArrayPool<ulong>.Shared.Return(rented);
    }
}

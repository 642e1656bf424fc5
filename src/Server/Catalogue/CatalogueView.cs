using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>The live catalogue as an answer needs it, beside one generation. Immutable: when items change, the next one shares with it what has not.</summary>
/// <param name="New">What the generation does not know.</param>
/// <param name="ItemsOfCategory">The generation's rows by category, as of now; null while only the generation's own are known.</param>
/// <param name="Described">The generation's rows that the catalogue describes now, available or not, as an <see cref="ItemSet"/>; empty while it is not known.</param>
internal sealed record CatalogueView(NewItems New, ImmutableDictionary<string, CategoryRows>? ItemsOfCategory, ulong[] Described)
{
    // Looking an item up in all categories takes longer than going through all items once there are too many of these.
    private const long MostLookups = 1_000_000;

    /// <summary>Nothing is known but the generation.</summary>
    public static CatalogueView Empty { get; } = new(NewItems.None, null, []);

    /// <summary>The live items beside a generation. An item of the generation that is not live has the categories that it was trained with.</summary>
    public static CatalogueView Of(LoadedGeneration generation, LiveItems live, float newItemLength)
    {
        if (live.Count == 0)
            return Empty;
        var rows = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var words = new ulong[ItemSet.WordsFor(generation.ItemIds.Count)];
        var described = new ItemSet(words);
        foreach (var (id, item) in live.All)
            if (generation.TryGetItem(id, out var row))
            {
                described.Add(row);
                foreach (var category in item.Categories.Distinct())
                    Add(rows, category, row);
            }
        foreach (var (category, trained) in generation.ItemsOfCategory)
            foreach (var row in trained)
                if (!ItemSet.Contains(words, row))
                    Add(rows, category, row);
        foreach (var list in rows.Values)
            list.Sort();
        var categories = rows.ToImmutableDictionary(r => r.Key, r => new CategoryRows([.. r.Value]), StringComparer.Ordinal);
        return new(NewItems.Of(generation, live.All, newItemLength), categories, words);
    }

    /// <summary>The same once some items have changed: what <see cref="Of"/> would give.</summary>
    /// <param name="changes">The items that have changed, with the categories that they had in this view; null: they were not live.</param>
    /// <param name="generation">The view's.</param>
    /// <param name="live">The items now.</param>
    /// <param name="newItemLength">As it was.</param>
    public CatalogueView After(
        IReadOnlyDictionary<string, IReadOnlyList<string>?> changes, LoadedGeneration generation, LiveItems live, float newItemLength)
    {
        if (live.Count == 0 || ItemsOfCategory is null)
            return Of(generation, live, newItemLength);
        var (words, isOther, lookups) = (Described, false, 0L);
        var moves = new Dictionary<string, (List<int> Come, List<int> Gone)>(StringComparer.Ordinal);
        foreach (var (id, before) in changes)
        {
            if (!generation.TryGetItem(id, out var row))
                continue;
            IReadOnlyList<string>? now = live.Find(id)?.Categories;
            if (before is null != now is null)
            {
                if (!isOther)
                    (words, isOther) = ([.. words], true);
                words[row >> 6] ^= 1UL << row;
                if ((lookups += generation.ItemsOfCategory.Count) > MostLookups)
                    return Of(generation, live, newItemLength);
            }
            var (had, has) = (before ?? Trained(generation, row), now ?? Trained(generation, row));
            foreach (var category in had.Except(has))
                Move(category).Gone.Add(row);
            foreach (var category in has.Except(had))
                Move(category).Come.Add(row);
        }
        var categories = ItemsOfCategory.ToBuilder();
        foreach (var (category, (come, gone)) in moves)
            if (categories.GetValueOrDefault(category).With(come, gone) is { Count: > 0 } rows)
                categories[category] = rows;
            else
                categories.Remove(category);
        return new(New.After(changes.Keys, generation, live, newItemLength), categories.ToImmutable(), words);

        (List<int> Come, List<int> Gone) Move(string category)
        {
            ref var move = ref CollectionsMarshal.GetValueRefOrAddDefault(moves, category, out var exists);
            return exists ? move : move = ([], []);
        }
    }

    private static List<string> Trained(LoadedGeneration generation, int row) =>
        [.. generation.ItemsOfCategory.Where(c => Array.BinarySearch(c.Value, row) >= 0).Select(c => c.Key)];

    private static void Add(Dictionary<string, List<int>> rows, string category, int row) =>
        (CollectionsMarshal.GetValueRefOrAddDefault(rows, category, out _) ??= []).Add(row);
}

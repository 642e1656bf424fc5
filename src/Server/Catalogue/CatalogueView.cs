using System.Runtime.InteropServices;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>The live catalogue as an answer needs it, beside one generation. Immutable.</summary>
/// <param name="New">What the generation does not know.</param>
/// <param name="ItemsOfCategory">The generation's rows by category, as of now; null while only the generation's own are known.</param>
/// <param name="Described">The generation's rows that the catalogue describes now, available or not, as an <see cref="ItemSet"/>; empty while it is not known.</param>
internal sealed record CatalogueView(NewItems New, IReadOnlyDictionary<string, int[]>? ItemsOfCategory, ulong[] Described)
{
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
        return new(NewItems.Of(generation, live.All, newItemLength), rows.ToDictionary(r => r.Key, r => r.Value.ToArray(), StringComparer.Ordinal), words);
    }

    private static void Add(Dictionary<string, List<int>> rows, string category, int row) =>
        (CollectionsMarshal.GetValueRefOrAddDefault(rows, category, out _) ??= []).Add(row);
}

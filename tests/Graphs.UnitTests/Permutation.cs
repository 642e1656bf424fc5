
namespace Rearm.Streaming.Graphs.UnitTests;

/// <summary>The same shop with its users, items and modalities in another order of arrival.</summary>
internal static class Permutation
{
    /// <summary>New index of each old one.</summary>
    public static int[] Random(int seed, int count)
    {
        var places = Enumerable.Range(0, count).ToArray();
        new Random(seed).Shuffle(places);
        return places;
    }

    public static SnapshotContent Of(SnapshotContent content, int seed)
    {
        var users = Random(seed, content.UserIds.Length);
        var items = Random(seed + 1, content.ItemIds.Length);
        return new()
        {
            UserIds = Of(content.UserIds, users),
            ItemIds = Of(content.ItemIds, items),
            Categories = Of(content.Categories, items),
            Available = Of(content.Available, items),
            Interactions = InteractionPairs.ToMatrix(users.Length, Rows.Pairs(content.Interactions).Select(p => p with { User = users[p.User], Item = items[p.Item] })),
            Modalities = [.. content.Modalities.Reverse().Select(m => m with { Values = Of(m.Values, items, m.Dimension), Present = Of(m.Present, items) })],
        };
    }

    public static T[] Of<T>(T[] values, int[] places, int width = 1)
    {
        var permuted = new T[values.Length];
        for (var i = 0; i < places.Length; i++)
            values.AsSpan(i * width, width).CopyTo(permuted.AsSpan(places[i] * width));
        return permuted;
    }
}

using Rearm.Streaming.Contracts.Snapshots;

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
            Modalities = [.. content.Modalities.Reverse().Select(m => Of(m, items))],
        };
    }

    public static ModalityFeatures Of(ModalityFeatures features, int[] places) =>
        new(features.Name, features.Dimension, Of([.. Enumerable.Range(0, features.Items).Select(i => features[i])], places));

    public static T[] Of<T>(T[] values, int[] places)
    {
        var permuted = new T[values.Length];
        for (var i = 0; i < places.Length; i++)
            permuted[places[i]] = values[i];
        return permuted;
    }
}

using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs.UnitTests;

/// <summary>Small random shops, and the same shop with its users, items and pairs in another order of arrival.</summary>
internal static class Sample
{
    public static SnapshotContent Content(int seed, int users = 23, int items = 17, int pairs = 120, int dimension = 11)
    {
        var random = new Random(seed);
        var touched = Enumerable.Range(0, pairs).Select(_ => new InteractionPair(random.Next(users), (int)(items * Math.Pow(random.NextDouble(), 2)), random.Next(1000), random.Next(1, 5)));
        return new()
        {
            UserIds = [.. Enumerable.Range(0, users).Select(u => $"user-{u}")],
            ItemIds = [.. Enumerable.Range(0, items).Select(i => $"item-{i}")],
            Categories = [.. Enumerable.Range(0, items).Select(i => new[] { $"c{i % 3}" })],
            Available = [.. Enumerable.Range(0, items).Select(i => i % 5 != 0)],
            Interactions = InteractionPairs.ToMatrix(users, touched),
            Modalities = [Features("text", random, items, dimension), Features("image", random, items, 3)],
        };
    }

    public static ModalityFeatures Features(string name, Random random, int items, int dimension)
    {
        var present = Enumerable.Range(0, items).Select(_ => random.Next(8) != 0).ToArray();
        var values = new float[items * dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = present[i / dimension] ? (float)(random.NextDouble() * 3 - 1) : 0;
        // Exact duplicates make ties.
        if (items > 3 && present[1] && present[3])
            values.AsSpan(dimension, dimension).CopyTo(values.AsSpan(3 * dimension));
        return new(name, dimension, values, present);
    }

    /// <summary>New index of each old one.</summary>
    public static int[] Permutation(int seed, int count)
    {
        var places = Enumerable.Range(0, count).ToArray();
        new Random(seed).Shuffle(places);
        return places;
    }

    public static SnapshotContent Permute(SnapshotContent content, int seed)
    {
        var users = Permutation(seed, content.UserIds.Length);
        var items = Permutation(seed + 1, content.ItemIds.Length);
        return new()
        {
            UserIds = Permute(content.UserIds, users),
            ItemIds = Permute(content.ItemIds, items),
            Categories = Permute(content.Categories, items),
            Available = Permute(content.Available, items),
            Interactions = InteractionPairs.ToMatrix(users.Length, Pairs(content.Interactions).Select(p => p with { User = users[p.User], Item = items[p.Item] })),
            Modalities = [.. content.Modalities.Reverse().Select(m => m with { Values = Permute(m.Values, items, m.Dimension), Present = Permute(m.Present, items) })],
        };
    }

    public static IEnumerable<InteractionPair> Pairs(InteractionMatrix matrix)
    {
        for (var u = 0; u < matrix.Users; u++)
            for (var e = matrix.Pointers[u]; e < matrix.Pointers[u + 1]; e++)
                yield return new(u, matrix.Items[e], matrix.Times[e], matrix.Weights[e]);
    }

    public static T[] Permute<T>(T[] values, int[] places, int width = 1)
    {
        var permuted = new T[values.Length];
        for (var i = 0; i < places.Length; i++)
            values.AsSpan(i * width, width).CopyTo(permuted.AsSpan(places[i] * width));
        return permuted;
    }

    public static (int Column, float Value)[] Row(SparseRows rows, int row) => [.. rows.RowColumns(row).ToArray().Zip(rows.RowValues(row).ToArray())];
}

using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Testing.Shops;

/// <summary>A small shop whose users have planted tastes: items and users belong to groups, vectors point to the group, users buy in theirs.</summary>
public static class PlantedShop
{
    public const int Groups = 6;

    public static GraphSnapshot Snapshot(int users = 120, int items = 90, int perUser = 6, int seed = 1, string[]? modalities = null, Func<int, string>? userId = null, Func<int, string>? itemId = null)
    {
        var random = new Random(seed);
        var pairs = new List<InteractionPair>();
        for (var user = 0; user < users; user++)
            for (var n = 0; n < perUser; n++)
                pairs.Add(new(user, random.Next(items / Groups) * Groups + user % Groups, n));
        return SnapshotAssembler.Assemble(
            new SnapshotContent
            {
                UserIds = [.. Enumerable.Range(0, users).Select(userId ?? (u => $"u{u}"))],
                ItemIds = [.. Enumerable.Range(0, items).Select(itemId ?? (i => $"i{i}"))],
                Categories = [.. Enumerable.Range(0, items).Select(i => new[] { $"c{i % Groups}" })],
                Available = [.. Enumerable.Repeat(true, items)],
                Interactions = InteractionPairs.ToMatrix(users, pairs),
                Modalities = [.. (modalities ?? ["image", "text"]).Select((name, m) => Features(name, items, 8 + 4 * m, random))],
            },
            new GraphSettings { UserNeighbors = 8, ItemNeighbors = 5 });
    }

    public static ModalityFeatures Features(string name, int items, int width, Random random)
    {
        var values = new float[items * width];
        for (var item = 0; item < items; item++)
            for (var d = 0; d < width; d++)
                values[item * width + d] = (d == item % Groups ? 1 : 0) + 0.2f * (random.NextSingle() - 0.5f);
        return new(name, width, values, [.. Enumerable.Repeat(true, items)]);
    }
}

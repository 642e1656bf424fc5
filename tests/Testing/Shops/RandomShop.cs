using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Testing.Shops;

/// <summary>A shop in which anything happens at random that may happen in one; the seed decides what. Few items have most of the clicks.</summary>
public static class RandomShop
{
    /// <summary>
    /// Interactions, descriptions, deletions, erasures and tombstones in the order of the log, many of them about the same few ids and times,
    /// so that each overtakes another.
    /// </summary>
    public static List<ShopRecord> Records(int seed, int count = 250, int users = 12, int items = 15, int seconds = 60)
    {
        var random = new Random(seed);
        var records = new List<ShopRecord>(count);
        for (var n = 0; n < count; n++)
        {
            var user = $"u{random.Next(users)}";
            var item = $"i{Popular(random, items)}";
            records.Add(random.Next(40) switch
            {
                0 => ShopRecord.Erase(user, random.Next(seconds), $"e{n}"),
                1 or 2 => ShopRecord.Delete(item, random.Next(seconds), $"e{n}"),
                3 => ShopRecord.Tombstone(item, random.Next(seconds)),
                < 10 => ShopRecord.Describe(Description(item, random.Next(seconds), $"e{n}", random)),
                10 => ShopRecord.Touch(user, item, random.Next(seconds), $"e{n}", type: "dislike"),
                _ => ShopRecord.Touch(user, item, random.Next(seconds), $"e{n}", random.Next(1, 5)),
            });
        }
        return records;
    }

    /// <summary>What graphs are cut from: repeated pairs, items without vectors, and two items with equal ones, so that there are ties.</summary>
    public static SnapshotContent Content(int seed, int users = 23, int items = 17, int pairs = 120, int dimension = 11)
    {
        var random = new Random(seed);
        var touched = Enumerable.Range(0, pairs).Select(_ => new InteractionPair(random.Next(users), Popular(random, items), random.Next(1000), random.Next(1, 5)));
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

    /// <summary>The vectors of one modality; an item in eight has none.</summary>
    public static ModalityFeatures Features(string name, Random random, int items, int dimension)
    {
        var present = Enumerable.Range(0, items).Select(_ => random.Next(8) != 0).ToArray();
        var values = new float[items * dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = present[i / dimension] ? (float)(random.NextDouble() * 3 - 1) : 0;
        if (items > 3 && present[1] && present[3])
            values.AsSpan(dimension, dimension).CopyTo(values.AsSpan(3 * dimension));
        return ModalityFeatures.FromFloats(name, dimension, values, present);
    }

    private static Item Description(string item, int second, string eventId, Random random)
    {
        var described = new Item { EventId = eventId, ItemId = item, Time = ShopRecord.At(second), Categories = { $"c{random.Next(3)}" } };
        if (second % 2 == 0)
            described.Attributes.Add(new Dictionary<string, string> { ["title"] = $"{item} at {second}", ["colour"] = "red" });
        if (random.Next(4) == 0)
            described.Available = false;
        foreach (var (modality, dimension) in (ReadOnlySpan<(string, int)>)[("image", 6), ("text", 3)])
            if (random.Next(5) != 0)
                described.Features[modality] = new FeatureVector { Values = { Enumerable.Range(0, dimension).Select(_ => random.NextSingle()) } };
        return described;
    }

    private static int Popular(Random random, int items) => (int)(items * Math.Pow(random.NextDouble(), 2));
}

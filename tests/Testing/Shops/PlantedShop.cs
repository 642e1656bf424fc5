using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Testing.Shops;

/// <summary>A small shop with something to learn: items and users belong to groups, vectors point to the group, and users mostly buy in theirs.</summary>
public static class PlantedShop
{
    /// <summary>User u and item i are of the groups u % Groups and i % Groups.</summary>
    public const int Groups = 6;

    private static readonly DateTimeOffset Opening = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] BothModalities = ["image", "text"];

    /// <summary>A snapshot in which users buy in their group alone.</summary>
    /// <param name="users">Number of users.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="perUser">Interactions of a user, of which some may be with the same item.</param>
    /// <param name="seed">Decides which items.</param>
    /// <param name="modalities">Their names; null for image and text.</param>
    /// <param name="userId">A user's external id; null for "u0", "u1", ...</param>
    /// <param name="itemId">An item's external id; null for "i0", "i1", ...</param>
    public static GraphSnapshot Snapshot(
        int users = 120, int items = 90, int perUser = 6, int seed = 1, string[]? modalities = null, Func<int, string>? userId = null, Func<int, string>? itemId = null)
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
                Modalities = [.. (modalities ?? BothModalities).Select((name, m) => Features(name, items, 8 + 4 * m, random))],
            },
            new GraphSettings { UserNeighbors = 8, ItemNeighbors = 5 });
    }

    /// <summary>What the shop sends: its items, then clicks, nine of ten in the user's group; some pairs come more than once.</summary>
    public static IReadOnlyList<Event> Events(int clicks, int users = 120, int items = 60, int seed = 7)
    {
        var random = new Random(seed);
        var features = BothModalities.Select(name => Features(name, items, 8, random)).ToArray();
        var events = new List<Event>();
        for (var i = 0; i < items; i++)
        {
            var item = new Item { EventId = $"item-{i}", ItemId = $"i{i}", Time = At(0), Categories = { $"c{i % Groups}" } };
            foreach (var modality in features)
                item.Features.Add(modality.Name, new FeatureVector { Values = { modality.ToFloats(i) } });
            events.Add(new Event { Item = item });
        }
        for (var c = 0; c < clicks; c++)
        {
            var user = random.Next(users);
            var group = random.NextDouble() < 0.9 ? user % Groups : random.Next(Groups);
            var item = random.Next(items / Groups) * Groups + group;
            events.Add(new Event { Interaction = new Interaction { EventId = $"click-{c}", UserId = $"u{user}", ItemId = $"i{item}", Type = "click", Time = At(c) } });
        }
        return events;
    }

    /// <summary>The hash of the snapshot that such events must give, computed without any of the services.</summary>
    public static string ExpectedHash(IReadOnlyList<Event> events)
    {
        var items = events.Where(e => e.Item is not null).Select(e => e.Item).ToArray();
        var clicks = events.Where(e => e.Interaction is not null).Select(e => e.Interaction).ToArray();
        var userIds = clicks.Select(c => c.UserId).Distinct().ToArray();
        var itemRows = items.Select((item, row) => (item.ItemId, row)).ToDictionary(i => i.ItemId, i => i.row);
        var userRows = userIds.Select((id, row) => (id, row)).ToDictionary(u => u.id, u => u.row);
        var pairs = clicks.Select(c => new InteractionPair(userRows[c.UserId], itemRows[c.ItemId], c.Time.ToDateTimeOffset().ToUnixTimeMilliseconds()));
        return SnapshotAssembler.Assemble(
            new SnapshotContent
            {
                UserIds = userIds,
                ItemIds = [.. items.Select(i => i.ItemId)],
                Categories = [.. items.Select(i => i.Categories.ToArray())],
                Available = [.. items.Select(_ => true)],
                Interactions = InteractionPairs.ToMatrix(userIds.Length, pairs),
                Modalities = [.. BothModalities.Select(m => new ModalityFeatures(
                    m, items[0].Features[m].Values.Count, [.. items.Select(i => ItemVector.Compact([.. i.Features[m].Values]))]))],
            },
            new GraphSettings()).Info.Hash;
    }

    private static ModalityFeatures Features(string name, int items, int width, Random random)
    {
        var values = new float[items * width];
        for (var item = 0; item < items; item++)
            for (var d = 0; d < width; d++)
                values[item * width + d] = (d == item % Groups ? 1 : 0) + 0.2f * (random.NextSingle() - 0.5f);
        return ModalityFeatures.FromFloats(name, width, values, [.. Enumerable.Repeat(true, items)]);
    }

    private static Timestamp At(int seconds) => Timestamp.FromDateTimeOffset(Opening.AddSeconds(seconds));
}

using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.IntegrationTests.Pipeline;

/// <summary>A shop small enough to train in seconds: users of two tastes, items with vectors that tell the taste.</summary>
internal static class SmallShop
{
    public const int Users = 120;
    public const int Items = 60;
    private const int Dimension = 8;
    private static readonly DateTimeOffset Opening = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Everything the shop sends, items first; some pairs come more than once.</summary>
    public static IReadOnlyList<Event> Events(int clicks)
    {
        var random = new Random(7);
        var events = new List<Event>();
        for (var i = 0; i < Items; i++)
        {
            var item = new Item { EventId = $"item-{i}", ItemId = $"i{i}", Time = At(0), Categories = { i % 2 == 0 ? "even" : "odd" } };
            foreach (var modality in new[] { "image", "text" })
                item.Features.Add(modality, new FeatureVector { Values = { Enumerable.Range(0, Dimension).Select(d => (float)((d % 2 == i % 2 ? 1 : 0) + random.NextDouble())) } });
            events.Add(new Event { Item = item });
        }
        for (var c = 0; c < clicks; c++)
        {
            var user = random.Next(Users);
            var item = random.Next(Items / 2) * 2 + (random.NextDouble() < 0.9 ? user % 2 : 1 - user % 2);
            events.Add(new Event { Interaction = new Interaction { EventId = $"click-{c}", UserId = $"u{user}", ItemId = $"i{item}", Type = "click", Time = At(c) } });
        }
        return events;
    }

    /// <summary>The hash of the snapshot that these events must give, computed without any of the services.</summary>
    public static string ExpectedHash(IReadOnlyList<Event> events)
    {
        var items = events.Where(e => e.Item is not null).Select(e => e.Item).ToArray();
        var pairs = events.Where(e => e.Interaction is not null).Select(e => e.Interaction)
            .GroupBy(i => (i.UserId, i.ItemId)).Select(g => g.MaxBy(i => i.Time.ToDateTimeOffset())!).ToArray();
        var users = pairs.Select(p => p.UserId).Distinct().ToArray();
        var itemRows = items.Select((item, row) => (item.ItemId, row)).ToDictionary(i => i.ItemId, i => i.row);
        var byUser = users.Select(u => pairs.Where(p => p.UserId == u).OrderBy(p => itemRows[p.ItemId]).ToArray()).ToArray();
        var sorted = byUser.SelectMany(p => p).ToArray();
        var pointers = new int[users.Length + 1];
        for (var u = 0; u < users.Length; u++)
            pointers[u + 1] = pointers[u] + byUser[u].Length;
        return SnapshotAssembler.Assemble(
            new SnapshotContent
            {
                UserIds = users,
                ItemIds = [.. items.Select(i => i.ItemId)],
                Categories = [.. items.Select(i => i.Categories.ToArray())],
                Available = [.. items.Select(_ => true)],
                Interactions = new InteractionMatrix(
                    pointers,
                    [.. sorted.Select(p => itemRows[p.ItemId])],
                    [.. sorted.Select(p => p.Time.ToDateTimeOffset().ToUnixTimeMilliseconds())],
                    [.. sorted.Select(_ => 1f)]),
                Modalities =
                [
                    .. new[] { "image", "text" }.Select(m => new ModalityFeatures(
                        m, Dimension, [.. items.SelectMany(i => i.Features[m].Values)], [.. items.Select(_ => true)])),
                ],
            },
            new GraphSettings()).Info.Hash;
    }

    private static Timestamp At(int seconds) => Timestamp.FromDateTimeOffset(Opening.AddSeconds(seconds));
}

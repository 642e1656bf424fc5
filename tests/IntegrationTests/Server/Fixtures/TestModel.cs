using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.IntegrationTests.Server.Fixtures;

/// <summary>Small models whose answers can be worked out by hand, and random ones.</summary>
internal static class TestModel
{
    /// <summary>Events up to here were trained on.</summary>
    public static readonly DateTimeOffset EventTime = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Items by id with their vectors; popularity falls in the order given; no categories; all available.</summary>
    public static ModelGeneration Of((string Id, float[] Vector)[] items, params (string Id, float[] Vector)[] users) => new()
    {
        Dimension = items.Concat(users).First().Vector.Length,
        ItemIds = [.. items.Select(i => i.Id)],
        ItemVectors = [.. items.SelectMany(i => i.Vector)],
        Popularity = [.. items.Select((_, i) => items.Length - i)],
        Categories = [.. items.Select(_ => Array.Empty<string>())],
        Available = [.. items.Select(_ => true)],
        UserIds = [.. users.Select(u => u.Id)],
        UserVectors = [.. users.SelectMany(u => u.Vector)],
        Snapshot = new SnapshotInfo { Number = 7, Hash = "abc123", Users = users.Length, Items = items.Length, EventTime = EventTime.ToTimestamp() },
        Metrics = new Dictionary<string, double> { ["recall@20"] = 0.09 },
        Settings = new Dictionary<string, string>(),
    };

    /// <summary>"east" likes a most, then b, then c, and d (the opposite direction) least; "north" likes only c; "blank" has no taste.</summary>
    public static ModelGeneration Compass() => Of(
        [("a", [1, 0]), ("b", [0.9f, 0.1f]), ("c", [0, 1]), ("d", [-1, 0])],
        ("east", [2, 0]), ("north", [0, 2]), ("blank", [0, 0]));

    /// <summary>For <see cref="Compass"/>: a has 7 users in common with d and 2 with b; a and c look alike by half.</summary>
    public static IReadOnlyList<ItemGraph> Graphs { get; } =
        [new("", new([0, 2, 2, 2, 3], [3, 1, 0], [7, 2, 7])), new("image", new([0, 1, 1, 1, 1], [2], [0.5f]))];

    /// <summary>A live catalogue in which the title of item "a" is "The a"; it has a price as well.</summary>
    public static (string Id, CatalogueItem Item)[] Titles(params string[] ids) =>
        [.. ids.Select(id => (id, new CatalogueItem { Attributes = new() { Values = { ["price"] = "9 €", ["title"] = $"The {id}" } } }))];

    /// <summary>Random vectors; items "i0".., users "u0"...</summary>
    public static ModelGeneration Random(int items, int users, int dimension, int seed)
    {
        var random = new Random(seed);
        float[] Vector() => [.. Enumerable.Range(0, dimension).Select(_ => random.NextSingle() - 0.5f)];
        return Of([.. Enumerable.Range(0, items).Select(i => ($"i{i}", Vector()))], [.. Enumerable.Range(0, users).Select(u => ($"u{u}", Vector()))]);
    }
}

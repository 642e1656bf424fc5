using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests;

/// <summary>A small snapshot and a small generation with something in every part.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static GraphSnapshot Snapshot() => new()
    {
        Info = new SnapshotInfo { Number = 7, Hash = "abc", Users = 2, Items = 3, Interactions = 3, EventTime = Timestamp.FromDateTimeOffset(Now) },
        Offsets = [new TopicOffset { Topic = "rearm.items", Partition = 1, Offset = 42 }],
        Settings = new Dictionary<string, string> { [SnapshotSettings.UserNeighbors] = "2", [SnapshotSettings.Preprocessing] = "none" },
        UserIds = ["ünï", "b"],
        ItemIds = ["x", "y", "z"],
        Categories = [["red", "blue"], [], ["red"]],
        Available = [true, false, true],
        Interactions = new([0, 2, 3], [0, 2, 1], [10, 20, 30], [1, 2, 0.5f]),
        Modalities = [Image([1, 2], null, [5, 100_000]), Text(7, 8, 9)],
        UserCooccurrence = new([0, 1, 2], [1, 0], [3, 3]),
        ItemCooccurrence = new([0, 2, 2, 3], [1, 2, 0], [2, 1, 1]),
        UserInterest = [new([0, 1, 2], [0, 1], [1, 1]), SparseRows.Empty(2)],
        ItemSemantic = [new([0, 2, 2, 4], [0, 2, 2, 0], [1, 0.5f, 1, 0.5f]), new([0, 1, 2, 3], [0, 1, 2], [1, 1, 1])],
    };

    /// <summary>The same snapshot with its users and items in reverse order.</summary>
    public static GraphSnapshot Renumbered()
    {
        var s = Snapshot();
        return s with
        {
            UserIds = ["b", "ünï"],
            ItemIds = ["z", "y", "x"],
            Categories = [["red"], [], ["red", "blue"]],
            Available = [true, false, true],
            Interactions = new([0, 1, 3], [1, 0, 2], [30, 20, 10], [0.5f, 2, 1]),
            Modalities = [Image([5, 100_000], null, [1, 2]), Text(9, 8, 7)],
            UserCooccurrence = new([0, 1, 2], [1, 0], [3, 3]),
            ItemCooccurrence = new([0, 1, 1, 3], [2, 1, 0], [1, 2, 1]),
            UserInterest = [new([0, 1, 2], [0, 1], [1, 1]), SparseRows.Empty(2)],
            ItemSemantic = [new([0, 2, 2, 4], [0, 2, 2, 0], [1, 0.5f, 1, 0.5f]), new([0, 1, 2, 3], [0, 1, 2], [1, 1, 1])],
            Info = new(),
            Offsets = [],
        };
    }

    public static ModalityFeatures Image(params float[]?[] rows) => new("image", 2, Array.ConvertAll(rows, row => row is null ? default : ItemVector.Compact(row)));

    public static ModelGeneration Generation(int items = 3, int users = 2, int dimension = 2) => new()
    {
        Dimension = dimension,
        ItemIds = [.. Enumerable.Range(0, items).Select(i => $"i{i}")],
        ItemVectors = [.. Enumerable.Range(0, items * dimension).Select(i => i * 0.5f)],
        Popularity = [.. Enumerable.Range(0, items)],
        Categories = [.. Enumerable.Range(0, items).Select(i => i % 2 == 0 ? new[] { "red", $"c{i}" } : [])],
        Available = [.. Enumerable.Range(0, items).Select(i => i % 3 != 0)],
        UserIds = [.. Enumerable.Range(0, users).Select(u => $"u{u}")],
        UserVectors = [.. Enumerable.Range(0, users * dimension).Select(i => -i * 0.25f)],
        Snapshot = new SnapshotInfo { Number = 3, Hash = "abc" },
        Metrics = new Dictionary<string, double> { ["recall@20"] = 0.09 },
        Settings = new Dictionary<string, string> { ["learning_rate"] = "0.001" },
    };

    private static ModalityFeatures Text(params float[] values) => new("text", 1, Array.ConvertAll(values, value => ItemVector.Exact([value])));
}

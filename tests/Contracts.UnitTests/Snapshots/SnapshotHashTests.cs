using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

public class SnapshotHashTests
{
    public static TheoryData<string, Func<GraphSnapshot, GraphSnapshot>> Changes => new()
    {
        { "setting", s => s with { Settings = new Dictionary<string, string>() } },
        { "user id", s => s with { UserIds = ["ünï", "c"] } },
        { "item id", s => s with { ItemIds = ["x", "y", "zz"] } },
        { "category", s => s with { Categories = [["red"], ["blue"], ["red"]] } },
        { "availability", s => s with { Available = [true, true, true] } },
        { "time", s => s with { Interactions = s.Interactions with { Times = [10, 20, 31] } } },
        { "weight", s => s with { Interactions = s.Interactions with { Weights = [1, 2, 0.25f] } } },
        { "interaction", s => s with { Interactions = s.Interactions with { Items = [0, 1, 1] } } },
        { "feature", s => s with { Modalities = [Samples.Image([1, 2], null, [5, 7]), s.Modalities[1]] } },
        { "presence", s => s with { Modalities = [Samples.Image([1, 2], [0, 0], [5, 100_000]), s.Modalities[1]] } },
        { "user co-occurrence", s => s with { UserCooccurrence = new([0, 1, 2], [1, 0], [3, 4]) } },
        { "item co-occurrence", s => s with { ItemCooccurrence = new([0, 2, 2, 3], [2, 1, 0], [2, 1, 1]) } },
        { "user interest", s => s with { UserInterest = [SparseRows.Empty(2), SparseRows.Empty(2)] } },
        { "item semantic", s => s with { ItemSemantic = [s.ItemSemantic[0], SparseRows.Empty(3)] } },
    };

    [Fact]
    public void Compute_UsersAndItemsInAnotherOrder_IsTheSame() =>
        Assert.Equal(SnapshotHash.Compute(Samples.Snapshot()), SnapshotHash.Compute(Samples.Renumbered()));

    [Fact]
    public void Compute_SameContentPublishedAgain_IsTheSame() =>
        Assert.Equal(SnapshotHash.Compute(Samples.Snapshot()), SnapshotHash.Compute(Samples.Snapshot() with { Info = new() { Number = 99 }, Offsets = [] }));

    [Theory]
    [MemberData(nameof(Changes))]
    public void Compute_OneThingChanged_Differs(string what, Func<GraphSnapshot, GraphSnapshot> change)
    {
        Assert.NotEmpty(what);
        Assert.NotEqual(SnapshotHash.Compute(Samples.Snapshot()), SnapshotHash.Compute(change(Samples.Snapshot())));
    }
}

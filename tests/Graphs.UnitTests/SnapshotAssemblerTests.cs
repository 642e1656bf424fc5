using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Graphs.UnitTests;

public class SnapshotAssemblerTests
{
    private static readonly GraphSettings Settings = new() { UserNeighbors = 5, ItemNeighbors = 4 };

    [Fact]
    public void Assemble_AnotherOrderOfArrival_HasTheSameHash() =>
        Prop.ForAll<int, int>((seed, order) =>
        {
            var content = RandomShop.Content(seed);
            Assert.Equal(
                SnapshotAssembler.Assemble(content, Settings).Info.Hash,
                SnapshotAssembler.Assemble(Permutation.Of(content, order), Settings).Info.Hash);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Assemble_Progress_IsToldOfEveryRowOfEveryGraph(int exactUpTo)
    {
        var progress = new KeptProgress();

        var snapshot = SnapshotAssembler.Assemble(RandomShop.Content(1), Settings with { ExactNeighborsUpTo = exactUpTo }, progress: progress.Begin);

        Assert.Equal(
            ["user_cooccurrence", "item_cooccurrence", "user_interest:image", "user_interest:text", "item_semantic:image", "item_semantic:text"],
            progress.Steps.Select(step => step.What.Replace("Cutting ", "", StringComparison.Ordinal)));
        Assert.Equal((snapshot.Users, snapshot.Items), (progress.Steps[0].Total, progress.Steps[1].Total));
        Assert.All(progress.Steps, step => Assert.Equal(("rows", step.Total), (step.Unit, step.Most)));
    }

    [Fact]
    public void Assemble_OnePairFewer_HasAnotherHash()
    {
        var content = RandomShop.Content(1);
        var less = content with { Interactions = InteractionPairs.ToMatrix(content.UserIds.Length, Rows.Pairs(content.Interactions).Skip(1)) };
        Assert.NotEqual(SnapshotAssembler.Assemble(content, Settings).Info.Hash, SnapshotAssembler.Assemble(less, Settings).Info.Hash);
    }

    [Fact]
    public void Assemble_Content_DescribesIt()
    {
        var content = RandomShop.Content(1);
        var snapshot = SnapshotAssembler.Assemble(content, Settings);
        Assert.Equal(content.UserIds.Length, snapshot.Info.Users);
        Assert.Equal(content.ItemIds.Length, snapshot.Info.Items);
        Assert.Equal(content.Interactions.Count, snapshot.Info.Interactions);
        Assert.Equal(content.Interactions.Times.Max(), snapshot.Info.EventTime.ToDateTimeOffset().ToUnixTimeMilliseconds());
        Assert.Equal(["image", "text"], snapshot.Modalities.Select(m => m.Name));
        Assert.Equal(Settings, GraphSettings.From(snapshot.Settings));
        Assert.Equal(SnapshotHash.Compute(snapshot), snapshot.Info.Hash);
    }

    [Fact]
    public void Assemble_EmptyContent_IsAnEmptySnapshot()
    {
        var snapshot = SnapshotAssembler.Assemble(new()
        {
            UserIds = [],
            ItemIds = [],
            Categories = [],
            Available = [],
            Interactions = InteractionPairs.ToMatrix(0, []),
            Modalities = [],
        }, Settings);
        Assert.Null(snapshot.Info.EventTime);
        Assert.Equal(64, snapshot.Info.Hash.Length);
    }

    [Fact]
    public void Assemble_LengthsThatDiffer_NamesThem()
    {
        var e = Assert.Throws<ArgumentException>(() => SnapshotAssembler.Assemble(RandomShop.Content(1) with { Available = [true] }, Settings));
        Assert.Contains("Available has 1 entries; 17", e.Message);
    }

    [Fact]
    public void Assemble_IdTwice_NamesIt()
    {
        var content = RandomShop.Content(1);
        content.UserIds[2] = content.UserIds[7];
        Assert.Contains("user-7", Assert.Throws<ArgumentException>(() => SnapshotAssembler.Assemble(content, Settings)).Message);
    }
}

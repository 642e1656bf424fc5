using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Graphs.UnitTests;

public class GraphCutTests
{
    private static readonly GraphSettings Settings = new() { UserNeighbors = 5, ItemNeighbors = 4 };

    [Fact]
    public void Without_HeldOutPairs_EqualsTheSnapshotOfTheRest() =>
        Prop.ForAll<int, byte>((seed, share) =>
        {
            var content = RandomShop.Content(seed);
            var (kept, heldOut) = Split(content, new Random(seed), share / 256.0);
            var snapshot = SnapshotAssembler.Assemble(content, Settings);
            var cut = GraphCut.Without(snapshot, heldOut.Select(p => (p.User, p.Item)), PreparedFeatures.Of(snapshot));
            var expected = SnapshotAssembler.Assemble(content with { Interactions = InteractionPairs.ToMatrix(content.UserIds.Length, kept) }, Settings);
            Assert.Equal(expected.Info.Hash, SnapshotHash.Compute(cut));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_PairsThatAreNotThere_ChangesNothing()
    {
        var snapshot = SnapshotAssembler.Assemble(RandomShop.Content(5), Settings);
        Assert.Equal(snapshot.Info.Hash, SnapshotHash.Compute(GraphCut.Without(snapshot, [(999, 999)], PreparedFeatures.Of(snapshot))));
    }

    private static (List<InteractionPair> Kept, List<InteractionPair> HeldOut) Split(SnapshotContent content, Random random, double share)
    {
        var (kept, heldOut) = (new List<InteractionPair>(), new List<InteractionPair>());
        foreach (var pair in Rows.Pairs(content.Interactions))
            (random.NextDouble() < share ? heldOut : kept).Add(pair);
        return (kept, heldOut);
    }
}

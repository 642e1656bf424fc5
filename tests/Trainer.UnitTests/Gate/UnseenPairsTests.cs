using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Testing.Shops;
using Rearm.Streaming.Trainer.Gate;

namespace Rearm.Streaming.Trainer.UnitTests.Gate;

public class UnseenPairsTests
{
    private static readonly GraphSnapshot Snapshot = PlantedShop.Snapshot(users: 12, items: 12);

    [Fact]
    public void Of_PairsTheEarlierSnapshotHad_AreLeftOutWhateverItsNumbers()
    {
        // The same ids, numbered the other way round: u1 had touched i7, and u0 is not known at all.
        var earlier = new SnapshotPairs(["u2", "u1"], ["i8", "i7"], new([0, 1, 2], [0, 1], []));

        var unseen = UnseenPairs.Of(Snapshot, [(0, 0), (1, 7), (1, 8), (2, 8), (2, 7)], earlier);

        Assert.Equal([(0, 0), (1, 8), (2, 7)], unseen);
    }

    [Fact]
    public void Of_ItsOwnPairs_IsNothing()
    {
        var same = new SnapshotPairs(Snapshot.UserIds, Snapshot.ItemIds, Snapshot.Interactions.Pattern);
        var pairs = Enumerable.Range(0, Snapshot.Users).SelectMany(user => Snapshot.Interactions.ItemsOf(user).ToArray().Select(item => (user, item)));

        Assert.Empty(UnseenPairs.Of(Snapshot, pairs, same));
    }
}

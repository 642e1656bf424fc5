using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Graphs.UnitTests;

public class HoldOutTests
{
    [Fact]
    public void Newest_UserWithThreeInteractions_GivesTheNewest()
    {
        var snapshot = PlantedShop.Snapshot() with
        {
            Interactions = InteractionPairs.ToMatrix(120, [new(0, 1, 10), new(0, 2, 30), new(0, 3, 20), new(1, 4, 1), new(1, 5, 2)]),
        };
        Assert.Equal([(0, 2)], HoldOut.Newest(snapshot, 100));
    }

    [Fact]
    public void Newest_MoreUsersThanAllowed_ChoosesTheSameInAnyOrder()
    {
        var one = PlantedShop.Snapshot();
        var other = PlantedShop.Snapshot(userId: u => $"u{119 - u}");
        string[] Chosen(Contracts.Snapshots.GraphSnapshot s) => [.. HoldOut.Newest(s, 10).Select(p => s.UserIds[p.User]).Order(StringComparer.Ordinal)];
        Assert.Equal(10, Chosen(one).Length);
        Assert.Equal(Chosen(one), Chosen(other));
    }
}

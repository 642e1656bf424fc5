using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.ItemKnn;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.ItemKnn;

public class ItemSimilarityTests
{
    private const int Users = 50;
    private const int Items = 30;

    [Theory]
    [InlineData(4, 0)]
    [InlineData(1000, 2.5)]
    public void Nearest_EqualWeights_AreFoundByCounting(int k, double shrinkage)
    {
        var data = SmallShop.Data(Users, Items, SmallShop.RandomPairs(Users, Items, weighted: false));
        var ranks = IdOrder.Ranks(data.Train.ItemIds);

        var nearest = ItemSimilarity.Nearest(
            InteractionWeights.Relative(data.Train.Interactions), Items, new() { Neighbors = k, Shrinkage = shrinkage }, ranks, 0, CancellationToken.None);

        var owners = Enumerable.Range(0, Items).Select(i => Enumerable.Range(0, Users).Where(u => data.Train.Interactions.ItemsOf(u).Contains(i)).ToHashSet()).ToArray();
        for (var item = 0; item < Items; item++)
        {
            var expected = Enumerable.Range(0, Items).Where(other => other != item && owners[item].Overlaps(owners[other]))
                .Select(other => (Other: other, Cosine: (float)(owners[item].Intersect(owners[other]).Count() / (Math.Sqrt(owners[item].Count) * Math.Sqrt(owners[other].Count) + shrinkage))))
                .OrderByDescending(n => n.Cosine).ThenBy(n => ranks[n.Other]).Take(k).ToArray();
            Assert.Equal(expected.Select(n => n.Other), nearest.RowColumns(item).ToArray());
            Assert.All(expected.Zip(nearest.RowValues(item).ToArray()), n => Assert.Equal(n.First.Cosine, n.Second, 6));
        }
    }

    [Fact]
    public void Nearest_Weights_MakeItemsMoreAlike()
    {
        // Both users touched 0 and 1, and 0 and 2; who touched 1 did so five times as surely.
        InteractionPair[] pairs = [new(0, 0, 0, 5), new(0, 1, 1, 5), new(1, 0, 2), new(1, 2, 3)];
        var nearest = Nearest(pairs, maxItemsPerUser: 0);

        Assert.Equal([1, 2], nearest.RowColumns(0).ToArray());
        Assert.Equal(5 / Math.Sqrt(26), nearest.RowValues(0)[0], 6);
        Assert.Equal(1 / Math.Sqrt(26), nearest.RowValues(0)[1], 6);
    }

    [Fact]
    public void Nearest_UserWithTooManyItems_DoesNotCount()
    {
        InteractionPair[] pairs = [new(0, 0, 0), new(0, 1, 1), new(0, 2, 2), new(1, 0, 3), new(1, 1, 4)];

        Assert.Equal([1], Nearest(pairs, maxItemsPerUser: 2).RowColumns(0).ToArray());
        Assert.Equal(2, Nearest(pairs, maxItemsPerUser: 3).Degree(0));
    }

    [Fact]
    public void Score_AnyUser_IsTheSumOfTheNeighborsOfWhatWasTouched()
    {
        // 0 and 1 have two users in common of two and three; 2 is apart.
        var data = SmallShop.Data(4, 4, [new(0, 0, 0), new(0, 1, 1), new(1, 0, 2), new(1, 1, 3), new(2, 1, 4), new(3, 2, 5)]);
        using var model = ModelCatalogue.Get("item-knn").Create(data, new() { Parameters = new Dictionary<string, string> { ["shrinkage"] = "0" }, Threads = 1 });
        model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);

        var scores = new float[4];
        model.Score([2], scores);

        Assert.Equal(2 / Math.Sqrt(6), scores[0], 6);
        Assert.Equal([0, 0, 0], scores[1..]);
    }

    private static Contracts.Snapshots.SparseRows Nearest(InteractionPair[] pairs, int maxItemsPerUser)
    {
        var data = SmallShop.Data(2, 3, pairs);
        var relative = InteractionWeights.Relative(data.Train.Interactions);
        return ItemSimilarity.Nearest(relative, 3, new() { Shrinkage = 0 }, IdOrder.Ranks(data.Train.ItemIds), maxItemsPerUser, CancellationToken.None);
    }
}

using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests.Baselines;

public class RandomRecommenderTests
{
    private static readonly TrainingData Data = TrainingData.Split(PlantedShop.Snapshot(), []);

    [Fact]
    public void Score_SameSeed_IsTheSameWhicheverUsersAreAskedFor()
    {
        var items = Data.Train.Items;
        var both = Scores(seed: 1, 4, 9);

        Assert.Equal(both[..items], Scores(seed: 1, 4));
        Assert.Equal(both[items..], Scores(seed: 1, 9));
        Assert.NotEqual(both[..items], both[items..]);
        Assert.NotEqual(both[..items], Scores(seed: 2, 4));
    }

    [Fact]
    public void ServingVectors_AreNone()
    {
        using var model = ModelCatalogue.Get("random").Create(Data, new());

        Assert.Null(model.ServingVectors());
    }

    private static float[] Scores(int seed, params int[] users)
    {
        using var model = ModelCatalogue.Get("random").Create(Data, new() { Seed = seed });
        var scores = new float[users.Length * Data.Train.Items];
        model.Score(users, scores);
        return scores;
    }
}

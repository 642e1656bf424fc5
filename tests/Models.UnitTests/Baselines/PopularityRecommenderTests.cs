using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests.Baselines;

public class PopularityRecommenderTests
{
    [Fact]
    public void Score_AnyUser_IsTheNumberOfTheItemsUsers()
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 50);
        using var model = ModelCatalogue.Get("popularity").Create(data, new());

        var scores = new float[2 * data.Train.Items];
        model.Score([3, 77], scores);

        var expected = Users(data.Train.Interactions.Items, data.Train.Items);
        Assert.Equal([.. expected, .. expected], scores);
    }

    [Fact]
    public void ServingVectors_HeldOutInteractions_CountToo()
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 50);
        using var model = ModelCatalogue.Get("popularity").Create(data, new());

        var scores = new float[data.Whole.Items];
        model.ServingVectors()!.Score([5], scores);

        Assert.Equal(Users(data.Whole.Interactions.Items, data.Whole.Items), scores);
    }

    private static float[] Users(int[] items, int count)
    {
        var users = new float[count];
        foreach (var item in items)
            users[item]++;
        return users;
    }
}

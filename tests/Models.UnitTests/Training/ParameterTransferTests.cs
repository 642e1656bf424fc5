using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Models.UnitTests.Rearm;
using Rearm.Streaming.Testing.Shops;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class ParameterTransferTests
{
    [Fact]
    public void Load_OtherOrderAndNewIds_RowsFollowTheirIds()
    {
        var before = TrainingData.Split(PlantedShop.Snapshot(users: 60, items: 60), []);
        using var first = Create(before, seed: 1);
        var checkpoint = ParameterTransfer.Save(first.Model, before.Train);

        // The same users and items in another order, and some new ones.
        var after = TrainingData.Split(
            PlantedShop.Snapshot(users: 70, items: 66, userId: u => u < 60 ? $"u{59 - u}" : $"new{u}", itemId: i => i < 60 ? $"i{(i + 7) % 60}" : $"new{i}"), []);
        using var second = Create(after, seed: 2);
        var initial = Rows(second, "user_ids");
        var result = ParameterTransfer.Load(checkpoint, second.Model, after.Train, ParameterNames.RowsOf);

        Assert.Equal((60, 60), (result.Users, result.Items));
        Assert.Empty(result.Reset);
        var (oldUsers, newUsers) = (Rows(first, "user_ids"), Rows(second, "user_ids"));
        var (oldItems, newItems) = (Rows(first, "item_ids"), Rows(second, "item_ids"));
        for (var u = 0; u < 60; u++)
            Assert.Equal(oldUsers[59 - u], newUsers[u]);
        for (var u = 60; u < 70; u++)
            Assert.Equal(initial[u], newUsers[u]);
        for (var i = 0; i < 60; i++)
            Assert.Equal(oldItems[(i + 7) % 60], newItems[i]);
    }

    [Fact]
    public void Load_OtherModalities_ResetsWhatDoesNotFit()
    {
        var before = TrainingData.Split(PlantedShop.Snapshot(modalities: ["text"]), []);
        using var first = Create(before, seed: 1);
        var after = TrainingData.Split(PlantedShop.Snapshot(modalities: ["image", "text"]), []);
        using var second = Create(after, seed: 2);

        var result = ParameterTransfer.Load(ParameterTransfer.Save(first.Model, before.Train), second.Model, after.Train, ParameterNames.RowsOf);

        // The first modality is 8 wide and the second 12, so that text is of another width now.
        Assert.Contains("projection:image.items.weight", result.Reset);
        Assert.Contains("projection:text.items.weight", result.Reset);
        Assert.DoesNotContain("user_ids", result.Reset);
        var text = Assert.Single(result.OtherShapes, shape => shape.StartsWith("projection:text.items.weight ", StringComparison.Ordinal));
        Assert.Matches(@"\(\d+ x 8 there, \d+ x 12 here\)", text);
        Assert.DoesNotContain(result.OtherShapes, shape => shape.Contains("image", StringComparison.Ordinal));
        Assert.Equal(second.Model.named_parameters().Count(), result.Loaded + result.Reset.Count);
    }

    [Fact]
    public void Load_OptimizersState_FollowsTheIdsAndIsZeroForNewOnes()
    {
        var before = TrainingData.Split(PlantedShop.Snapshot(users: 60, items: 60), []);
        using var first = Create(before, seed: 1);
        first.Step(new TripleSampler(before.Train.Interactions, 60, 64, 1).Epoch().First());
        var checkpoint = ParameterTransfer.Save(first.Model, before.Train, first.Optimizer);
        var saved = checkpoint.Moments.Single(m => m.Name == "user_ids");

        var after = TrainingData.Split(PlantedShop.Snapshot(users: 70, items: 60, userId: u => u < 60 ? $"u{59 - u}" : $"new{u}"), []);
        using var second = Create(after, seed: 2);
        ParameterTransfer.Load(checkpoint, second.Model, after.Train, ParameterNames.RowsOf, second.Optimizer);

        var moved = ParameterTransfer.Save(second.Model, after.Train, second.Optimizer).Moments.Single(m => m.Name == "user_ids");
        var width = SmallRearm.HyperParameters.Dimension;
        Assert.Equal(1, moved.Steps);
        foreach (var (from, to) in new[] { (saved.Mean, moved.Mean), (saved.Square, moved.Square) })
        {
            Assert.Contains(from, value => value != 0);
            Assert.Equal(from.Chunk(width).Reverse(), to.Chunk(width).Take(60));
            Assert.All(to.Skip(60 * width), value => Assert.Equal(0, value));
        }
    }

    private static RearmRecommender Create(TrainingData data, int seed) => new(data, SmallRearm.HyperParameters, null, seed, CPU);

    private static float[][] Rows(RearmRecommender rearm, string name)
    {
        using var scope = NewDisposeScope();
        return [.. rearm.Model.named_parameters().Single(p => p.name == name).parameter.detach().clone().data<float>().ToArray().Chunk(SmallRearm.HyperParameters.Dimension)];
    }
}

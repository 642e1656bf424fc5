using Rearm.Streaming.Models;
using Rearm.Streaming.Trainer.UnitTests.Fixtures;

namespace Rearm.Streaming.Trainer.UnitTests.Evaluation;

public class OfflineExperimentTests
{
    [Fact]
    public async Task Run_AllThreeModels_RankAsExpected()
    {
        var snapshot = PlantedShop.Snapshot();
        // What users of the same group like and this one has not touched.
        (int, int)[] test = [.. Enumerable.Range(0, snapshot.Users).Select(u => (u, Enumerable.Range(0, snapshot.Items).First(i => i % PlantedShop.Groups == u % PlantedShop.Groups && !snapshot.Interactions.ItemsOf(u).Contains(i))))];
        async Task<double> Recall(string model) => (await OfflineExperiment.RunAsync(snapshot, [], test,
            new OfflineOptions { Model = model, Parameters = PlantedShop.Parameters with { MaxEpochs = 4 }, Device = "cpu" })).Test.Recall20;
        Assert.True(await Recall(OfflineOptions.Rearm) > 1.5 * await Recall(OfflineOptions.Popularity));
        Assert.InRange(await Recall(OfflineOptions.Random), 0.05, 0.45);
    }

    [Fact]
    public async Task Run_UnknownModel_NamesTheModels()
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => OfflineExperiment.RunAsync(PlantedShop.Snapshot(), [], [(0, 1)], new OfflineOptions { Model = "magic" }));
        Assert.Contains("\"magic\"; choose one of rearm, popularity, random", e.Message, StringComparison.Ordinal);
    }
}

using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests;

public class OfflineExperimentTests
{
    [Fact]
    public async Task Run_AllModels_RankAsExpected()
    {
        var snapshot = PlantedShop.Snapshot();
        var data = TrainingData.Split(snapshot, []);
        // For each user an item of the user's group that the user has not touched.
        (int, int)[] test = [.. Enumerable.Range(0, snapshot.Users).Select(u => (u, Enumerable.Range(0, snapshot.Items)
            .First(i => i % PlantedShop.Groups == u % PlantedShop.Groups && !snapshot.Interactions.ItemsOf(u).Contains(i))))];

        var rearm = await RecallAsync("rearm");
        Assert.True(rearm > 1.5 * await RecallAsync("popularity"));
        // 20 of about 84 items, at random.
        Assert.InRange(await RecallAsync("random"), 0.05, 0.45);

        async Task<double> RecallAsync(string model)
        {
            var settings = new ModelSettings { MaxEpochs = 4, LearningRate = 1e-2, BatchSize = 256, Device = TrainingDevice.Cpu, Threads = 1 };
            return (await OfflineExperiment.RunAsync(ModelCatalogue.Get(model), settings, data, test)).Test.Recall20;
        }
    }

    [Fact]
    public async Task Run_Blend_TellsWhatEachModelReachesAlone()
    {
        var snapshot = PlantedShop.Snapshot();
        var data = TrainingData.Split(snapshot, []);
        (int, int)[] test = [(0, snapshot.Items - 1), (1, 0)];
        async Task<OfflineResult> RunAsync(string model) =>
            await OfflineExperiment.RunAsync(ModelCatalogue.Get(model), new ModelSettings { Device = TrainingDevice.Cpu, Threads = 1 }, data, test);

        var blend = await RunAsync("ials+popularity");

        Assert.Equal(["ials", "popularity"], blend.Parts.Keys);
        foreach (var (part, metrics) in blend.Parts)
            Assert.Equal((await RunAsync(part)).Test.ToDictionary(), metrics.ToDictionary());
        Assert.Empty((await RunAsync("ials")).Parts);
    }
}

using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class EpochTrainingTests
{
    [Theory]
    [InlineData("rearm")]
    [InlineData("bpr")]
    [InlineData("pmmrec")]
    [InlineData("sea")]
    public void Fit_NothingHeldOut_TrainsTheEpochsChosenBeforehandAndMeasuresNothing(string name)
    {
        // Two interactions of each user: none of them can be held out.
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(perUser: 2), maxUsers: 1000);
        Assert.Empty(data.HeldOut);
        using var model = ModelCatalogue.Get(name).Create(
            data, new() { Parameters = new Dictionary<string, string> { ["unvalidated_epochs"] = "3" }, Device = TrainingDevice.Cpu, Threads = 1 });
        var (progress, saved) = (new List<TrainingProgress>(), 0);

        var outcome = model.Fit(
            new() { Validation = data.Validation(), Progress = new Callback<TrainingProgress>(progress.Add), OnBest = _ => saved++ }, CancellationToken.None);

        Assert.Equal((3, 3), (outcome.Epochs, outcome.BestEpoch));
        Assert.Null(outcome.Validation);
        Assert.All(progress, p => Assert.Equal((null, 3, p.Epoch), (p.Recall, p.MaxEpochs, p.BestEpoch)));
        Assert.Equal(3, saved);
    }

    [Theory]
    [InlineData("lightgcn")]
    [InlineData("bpr")]
    public void Fit_LossNotFinite_StopsAndSaysWhatToDo(string name)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 50);
        // Squared, lengths of this size are beyond single precision.
        using var model = ModelCatalogue.Get(name).Create(data, new() { LearningRate = 10, Device = TrainingDevice.Cpu, Threads = 1 });
        var broken = Broken(model, data);

        var e = Assert.Throws<TrainingException>(() => model.Fit(new() { Validation = data.Validation(), WarmStart = broken }, CancellationToken.None));

        Assert.Contains("epoch 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("smaller learning rate than 10", e.Message, StringComparison.Ordinal);
    }

    private static ModelCheckpoint Broken(IRecommender model, TrainingData data)
    {
        ModelCheckpoint? saved = null;
        model.Fit(new() { Validation = data.Validation(), OnBest = c => saved ??= c }, CancellationToken.None);
        foreach (var parameter in saved!.Parameters)
            parameter.Values.AsSpan().Fill(1e30f);
        return saved;
    }
}

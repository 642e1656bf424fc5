using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;
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
    [InlineData("rearm", 1)]
    [InlineData("rearm", 19)]
    [InlineData("bpr", 19)]
    [InlineData("pmmrec", 19)]
    [InlineData("sea", 19)]
    public void Fit_HandfulOfUsersHeldOut_CountsAsNotMeasured(string name, int users)
    {
        var (outcome, recalls) = Fit(name, users);

        Assert.Equal((3, 3, users), (outcome.Epochs, outcome.BestEpoch, outcome.ValidationUsers));
        Assert.Null(outcome.Validation);
        Assert.All(recalls, Assert.Null);
    }

    [Theory]
    [InlineData("rearm")]
    [InlineData("bpr")]
    [InlineData("pmmrec")]
    [InlineData("sea")]
    public void Fit_FewestUsersHeldOut_EndsByThem(string name)
    {
        var (outcome, recalls) = Fit(name, RankingEvaluator.FewestUsers);

        Assert.Equal((4, RankingEvaluator.FewestUsers), (outcome.Epochs, outcome.ValidationUsers));
        Assert.Equal(recalls.Max(), outcome.Validation!.Value.Recall20);
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

    [Fact]
    public void Fit_Epochs_TellOfTheirStepsHowLongTheyTookAndHowLongTheRestTakesAtMost()
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 50);
        using var model = ModelCatalogue.Get("bpr").Create(data, new() { MaxEpochs = 5, Device = TrainingDevice.Cpu, Threads = 1 });
        var (time, within, progress) = (new FakeTimeProvider(), new KeptProgress(), new List<TrainingProgress>());

        model.Fit(
            new()
            {
                Validation = data.Validation(),
                Time = time,
                // Of the first epoch each step takes 4 seconds, of the others 2.
                Within = (what, unit, total) => within.Begin(what, unit, total) is var step ? new Callback<long>(done =>
                {
                    step.Report(done);
                    time.Advance(TimeSpan.FromSeconds(progress.Count == 0 ? 4 : 2));
                }) : throw new InvalidOperationException(),
                Progress = new Callback<TrainingProgress>(progress.Add),
            },
            CancellationToken.None);

        var steps = within.Steps[0].Total;
        Assert.Equal(Enumerable.Range(1, progress.Count).Select(epoch => $"Epoch {epoch} of bpr"), within.Steps.Select(step => step.What));
        Assert.All(within.Steps, step => Assert.Equal(("steps", steps, steps), (step.Unit, step.Total, step.Most)));
        Assert.Equal([4.0 * steps, 2.0 * steps], progress.Take(2).Select(p => p.Seconds));
        Assert.Equal([4.0 * steps, 3.0 * steps], progress.Take(2).Select(p => p.SecondsPerEpoch));
        Assert.Equal([16.0 * steps, 9.0 * steps], progress.Take(2).Select(p => p.LeftAtMost.TotalSeconds));
    }

    private static (TrainingOutcome Outcome, List<double?> Recalls) Fit(string name, int heldOut)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: heldOut);
        using var model = ModelCatalogue.Get(name).Create(
            data, new() { Parameters = new Dictionary<string, string> { ["unvalidated_epochs"] = "3" }, MaxEpochs = 4, Device = TrainingDevice.Cpu, Threads = 1 });
        var recalls = new List<double?>();
        var outcome = model.Fit(
            new() { Validation = data.Validation(), Progress = new Callback<TrainingProgress>(p => recalls.Add(p.Recall)) }, CancellationToken.None);
        return (outcome, recalls);
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

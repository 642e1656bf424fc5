using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests.Training;

/// <summary>A run that ends in the middle and goes on in another process is, bit for bit, the run that was never interrupted.</summary>
public sealed class ResumptionTests
{
    private static readonly Dictionary<string, string> Short = new() { ["max_epochs"] = "5" };

    [Theory]
    [InlineData("rearm", 1)]
    [InlineData("rearm", 4)]
    [InlineData("bpr", 3)]
    [InlineData("lightgcn", 4)]
    [InlineData("pmmrec", 2)]
    [InlineData("sasrec", 2)]
    [InlineData("sea", 2)]
    [InlineData("lightgcn-sea", 3)]
    [InlineData("rearm+bpr", 2)]
    [InlineData("bpr+lightgcn", 7)]
    public void Fit_StoppedAfterAnEpochAndGoneOnWith_GivesTheSameBits(string name, int stopAfter)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 80);
        var (whole, vectors, best) = Fit(name, data, new MemoryStates());
        var states = new MemoryStates(stopAfter);
        Assert.Throws<OperationCanceledException>(() => Fit(name, data, states));

        var (resumed, again, bestAgain) = Fit(name, data, states.Stored());

        Assert.Equal((whole.Epochs, whole.BestEpoch, whole.Validation), (resumed.Epochs, resumed.BestEpoch, resumed.Validation));
        Assert.Equal(vectors.Users, again.Users);
        Assert.Equal(vectors.Items, again.Items);
        Assert.Equal(best!.Parameters.Select(p => (p.Name, Sum: p.Values.Sum())), bestAgain!.Parameters.Select(p => (p.Name, Sum: p.Values.Sum())));
        Assert.Equal(best.Moments.Select(m => (m.Name, m.Steps, Sum: m.Square.Sum())), bestAgain.Moments.Select(m => (m.Name, m.Steps, Sum: m.Square.Sum())));
    }

    [Fact]
    public void Fit_EarlyStoppingWasDue_TrainsNoFurtherEpoch()
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 80);
        var states = new MemoryStates();
        var settings = new ModelSettings { Patience = 2, MaxEpochs = 500, LearningRate = 0.05, Device = TrainingDevice.Cpu, Threads = 1 };
        using var first = ModelCatalogue.Get("bpr").Create(data, settings);
        var whole = first.Fit(new() { Validation = data.Validation(), States = states }, CancellationToken.None);
        using var second = ModelCatalogue.Get("bpr").Create(data, settings);
        var epochs = 0;

        var resumed = second.Fit(
            new() { Validation = data.Validation(), States = states.Stored(), Progress = new Callback<TrainingProgress>(_ => epochs++) }, CancellationToken.None);

        Assert.Equal((whole.Epochs, whole.BestEpoch, 0), (resumed.Epochs, resumed.BestEpoch, epochs));
    }

    private static (TrainingOutcome Outcome, ModelVectors Vectors, ModelCheckpoint? Best) Fit(string name, TrainingData data, MemoryStates states)
    {
        using var model = ModelCatalogue.Get(name).Create(
            data, new() { Parameters = Short, LearningRate = 0.01, BatchSize = 256, Device = TrainingDevice.Cpu, Threads = 1 });
        ModelCheckpoint? best = null;
        var outcome = model.Fit(new() { Validation = data.Validation(), States = states, OnBest = c => best = c }, states.Killed.Token);
        return (outcome, model.ServingVectors()!, best);
    }

    /// <summary>Keeps states as bytes, and ends the process after some epochs.</summary>
    private sealed class MemoryStates(int stopAfter = int.MaxValue) : ITrainingStates
    {
        private readonly Dictionary<string, byte[]> _files = [];
        private int _saved;

        public CancellationTokenSource Killed { get; } = new();

        public TrainingState? Load(string model) => _files.TryGetValue(model, out var file) ? TrainingStateCodec.Read(new MemoryStream(file)).State : null;

        public void Save(string model, TrainingState state)
        {
            using var file = new MemoryStream();
            TrainingStateCodec.Write(file, "", state);
            _files[model] = file.ToArray();
            if (++_saved == stopAfter)
                Killed.Cancel();
        }

        /// <summary>What another process finds.</summary>
        public MemoryStates Stored()
        {
            var stored = new MemoryStates();
            foreach (var (model, file) in _files)
                stored._files[model] = file;
            return stored;
        }
    }
}

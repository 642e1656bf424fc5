using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Tuning;
using Rearm.Streaming.Models;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Tuning;

[Collection(nameof(OneTrainingAtATime))]
public sealed class TuningSearchTests : IDisposable
{
    private const int Trials = 8;
    private const int Epochs = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly List<(int Trial, int Rung, int Epochs)> _trained = [];
    private readonly List<int> _dropped = [];

    private static SearchIdentity Identity { get; } =
        new(SearchIdentity.CurrentVersion, "data", "hash", "bpr", new Dictionary<string, string>(), ["range"], Trials, Epochs, 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_ToItsEnd_TrainsTheBetterHalfOnInEachRound()
    {
        // Trial 5 is the best at the end, trial 2 the best at first.
        var (complete, best) = await RunAsync(recall: (trial, epochs) => trial == 2 ? 0.5 : trial == 5 ? 0.15 * epochs : 0.01 * trial);

        Assert.True(complete);
        Assert.Equal((5, 1.2, 8), (best!.Trial, Math.Round(best.Recall!.Value, 6), best.Epochs));
        Assert.Equal([8, 4, 2, 1], _trained.CountBy(t => t.Rung).Select(r => r.Value));
        Assert.Equal([(2, 3, 4), (5, 3, 4), (5, 4, 8)], _trained.Where(t => t.Rung >= 3));
        Assert.Equal(Enumerable.Range(0, Trials), _dropped.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(11)]
    [InlineData(14)]
    public async Task Run_KilledAndGoneOnWith_EndsWithTheSameAndTrainsNothingTwice(int killedAfter)
    {
        await RunAsync();
        var (journal, trained) = (await File.ReadAllTextAsync(_folder.File("journal")), _trained.ToList());
        File.Delete(_folder.File("journal"));
        _trained.Clear();

        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(killAfter: killedAfter));
        Assert.Equal(killedAfter, _trained.Count);
        var (complete, _) = await RunAsync();

        Assert.True(complete);
        Assert.Equal(trained, _trained);
        Assert.Equal(journal, await File.ReadAllTextAsync(_folder.File("journal")));
    }

    [Fact]
    public async Task Run_LastLineNotWrittenToItsEnd_TrainsThatOneAgain()
    {
        await RunAsync();
        var journal = await File.ReadAllTextAsync(_folder.File("journal"));
        await File.WriteAllTextAsync(_folder.File("journal"), journal[..^20]);
        _trained.Clear();

        await RunAsync();

        Assert.Equal([4], _trained.Select(t => t.Rung));
        Assert.Equal(journal, await File.ReadAllTextAsync(_folder.File("journal")));
    }

    [Fact]
    public async Task Run_DeadlineInTheMiddle_EndsWithWhatThereIsAndCanGoOn()
    {
        var (complete, best) = await RunAsync(deadlineAfter: 5);

        Assert.False(complete);
        Assert.Equal(4, best!.Trial);
        Assert.True((await RunAsync()).Complete);
        Assert.Equal(8 + 4 + 2 + 1, _trained.Count);
    }

    [Fact]
    public async Task Run_SomeTrialsFail_GoesOnWithTheOthers()
    {
        var (complete, best) = await RunAsync(recall: (trial, epochs) => trial < 6 ? null : 0.01 * trial);

        Assert.True(complete);
        Assert.Equal(7, best!.Trial);
        Assert.Equal([8, 2, 2, 1], _trained.CountBy(t => t.Rung).Select(r => r.Value));
    }

    [Fact]
    public async Task Run_AllTrialsFail_HasNoBest()
    {
        var (_, best) = await RunAsync(recall: (_, _) => null);

        Assert.Null(best);
    }

    [Fact]
    public void Open_JournalOfAnotherSearch_IsRefusedAndSaysWhy()
    {
        using (TuningJournal.Open(_folder.File("journal"), Identity))
        {
        }
        Refused("its data set is data, not other", Identity with { Dataset = "other" });
        Refused("had other content", Identity with { Data = "changed" });
        Refused("its model is bpr, not ials", Identity with { Model = "ials" });
        Refused("its ranges of hyper-parameters are others", Identity with { Ranges = ["wider"] });
        Refused("what was fixed", Identity with { Fixed = new Dictionary<string, string> { ["dimension"] = "32" } });
        Refused("it has 8 trials, not 9", Identity with { Trials = 9 });
        Refused("its last round has 8 epochs, not 9", Identity with { Epochs = 9 });
        Refused("its seed is 1, not 2", Identity with { Seed = 2 });

        void Refused(string reason, SearchIdentity search) =>
            Assert.Contains(reason, Assert.Throws<CliException>(() => TuningJournal.Open(_folder.File("journal"), search)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_JournalThatASearchIsUsing_IsRefused()
    {
        using var first = TuningJournal.Open(_folder.File("journal"), Identity);

        var e = Assert.Throws<CliException>(() => TuningJournal.Open(_folder.File("journal"), Identity));

        Assert.Contains("is another search using it?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_LineInTheMiddleDamaged_IsRefusedByItsNumber()
    {
        await RunAsync();
        var lines = await File.ReadAllLinesAsync(_folder.File("journal"));
        lines[3] = lines[3][..10];
        await File.WriteAllLinesAsync(_folder.File("journal"), lines);

        var e = Assert.Throws<CliException>(() => TuningJournal.Open(_folder.File("journal"), Identity));

        Assert.Contains("Line 4 of the journal", e.Message, StringComparison.Ordinal);
    }

    private async Task<(bool Complete, TrialResult? Best)> RunAsync(
        Func<int, int, double?>? recall = null, int killAfter = int.MaxValue, int deadlineAfter = int.MaxValue)
    {
        using var journal = TuningJournal.Open(_folder.File("journal"), Identity);
        using var killed = new CancellationTokenSource();
        using var deadline = new CancellationTokenSource();
        var search = new TuningSearch(new TrialSampler(ModelCatalogue.Get("bpr").Ranges, 1), HalvingPlan.Of(Trials, Epochs), journal)
        {
            Train = (trial, rung, cancellation) =>
            {
                cancellation.ThrowIfCancellationRequested();
                _trained.Add((trial.Number, rung.Number, rung.Epochs));
                if (_trained.Count >= killAfter)
                    killed.Cancel();
                if (_trained.Count >= deadlineAfter)
                    deadline.Cancel();
                var value = (recall ?? ((number, epochs) => 0.01 * number + 0.001 * epochs))(trial.Number, rung.Epochs);
                var failure = value is null ? "broke" : null;
                return Task.FromResult(new TrialResult(trial.Number, rung.Number, rung.Epochs, rung.Epochs, value, 1, failure, trial.Parameters));
            },
            Drop = _dropped.Add,
        };
        var complete = await search.RunAsync(deadline.Token, killed.Token);
        return (complete, search.Best());
    }
}

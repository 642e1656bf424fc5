using System.Diagnostics;
using System.Globalization;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What a warm start saves against training from scratch at equal recall. A log is cut at several times, as a Trainer would see it: users come with
/// their first interaction, and each one's newest is held out. Every run ends by early stopping; compared is how long a run takes until it is within 5% of the
/// best validation Recall@20 that the run from scratch ever had: over a few hundred users recall wavers by more, and the best of many epochs is a lucky one.
/// </summary>
internal sealed class RetrainFigures
{
    private const double Share = 0.95;

    private readonly Figures _figures;
    private readonly Dataset _log;
    private readonly ModelDefinition _model;
    private readonly ModelSettings _settings;
    private readonly Dictionary<string, List<Reached>> _ways = [];

    /// <param name="figures">Told of what is measured.</param>
    /// <param name="data">Interactions with times; all parts are used.</param>
    /// <param name="model">What to train.</param>
    /// <param name="settings">How.</param>
    /// <exception cref="ArgumentException">The data has no times, or the model is not trained in epochs.</exception>
    public RetrainFigures(Figures figures, Dataset data, ModelDefinition model, ModelSettings settings)
    {
        if (data.Train.Times is null)
            throw new ArgumentException($"{data.Name} has no times, so it can't be cut by time.");
        model.Check(settings);
        if (model.MaxEpochs(settings) == 0)
            throw new ArgumentException($"The model {model.Name} is not trained in epochs, so it has no warm start.");
        _figures = figures;
        _log = InOrderOfTime(data);
        _model = model;
        _settings = settings;
    }

    /// <exception cref="ArgumentException">A part of the log has too few users to measure on.</exception>
    public async Task MeasureAsync(double from, int runs, int seeds, CancellationToken cancellation)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            ModelCheckpoint? last = null;
            for (var run = 0; run <= runs; run++)
            {
                var rows = Math.Max(1, (int)Math.Round(_log.Train.Count * (from + (1 - from) * run / runs)));
                last = await MeasureAsync(rows, seed, last, cancellation);
            }
        }
        foreach (var (way, reached) in _ways)
        {
            _figures.Bar("seconds", way, "to that recall", reached.Average(r => r.Seconds ?? r.TotalSeconds));
            _figures.Bar("seconds", way, "until it stops", reached.Average(r => r.TotalSeconds));
            _figures.Bar("epochs", way, "to that recall", reached.Average(r => r.Epochs));
            _figures.Bar("epochs", way, "until it stops", reached.Average(r => r.TotalEpochs));
            _figures.Bar("validation recall@20", way, "best", reached.Average(r => r.Best));
            _figures.Add($"{way}.runs", reached.Count, "runs");
            _figures.Add($"{way}.reached", reached.Count(r => r.Seconds is not null), "runs that were within 5% of the best recall from scratch");
            _figures.Add($"{way}.best_recall", reached.Average(r => r.Best), "best validation recall@20, mean");
            _figures.Add($"{way}.epochs", reached.Average(r => r.Epochs), "epochs to that recall (those that never had it: all), mean");
            _figures.Add($"{way}.seconds", reached.Average(r => r.Seconds ?? r.TotalSeconds), "seconds to that recall, mean");
            _figures.Add($"{way}.total_epochs", reached.Average(r => r.TotalEpochs), "epochs until early stopping, mean");
            _figures.Add($"{way}.total_seconds", reached.Average(r => r.TotalSeconds), "seconds until early stopping, mean");
        }
    }

    private async Task<ModelCheckpoint?> MeasureAsync(int rows, int seed, ModelCheckpoint? last, CancellationToken cancellation)
    {
        var data = await Task.Run(() => DatasetSnapshot.TrainingData(Until(rows), _model.Graphs(_settings), cancellation, _figures.Progress), cancellation);
        if (data.Validation() is { CanDecide: false } validation)
            throw new ArgumentException(
                $"The first {rows} interactions of {_log.Name} don't say how good a run is: {RankingEvaluator.TooFew(validation.Users)}. "
                + "Begin with more of them (--from), or give a longer log.");
        _figures.Say(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {rows:N0} interactions of {data.Train.Users:N0} users"));
        var scratch = await FitAsync(data, seed, null, cancellation);
        if (last is null)
        {
            Say("scratch", scratch, scratch);
            return scratch.Checkpoint;
        }
        var warm = await FitAsync(data, seed, last, cancellation);
        Add("scratch", scratch, scratch);
        Add("warm", warm, scratch);
        Add("warm_without_optimizer", await FitAsync(data, seed, last with { Moments = [] }, cancellation), scratch);
        return warm.Checkpoint;
    }

    private Task<Run> FitAsync(TrainingData data, int seed, ModelCheckpoint? start, CancellationToken cancellation) => TrainingThread.RunAsync(() =>
    {
        var epochs = new List<(double Recall, double Seconds)>();
        ModelCheckpoint? best = null;
        using var model = _model.Create(data, _settings with { Seed = seed });
        var clock = Stopwatch.StartNew();
        model.Fit(new()
        {
            Validation = data.Validation(),
            Within = _figures.Progress,
            WarmStart = start,
            OnBest = checkpoint => best = checkpoint,
            Progress = new Epochs(progress => epochs.Add((progress.Recall ?? 0, clock.Elapsed.TotalSeconds))),
        }, cancellation);
        return new Run(epochs, best);
    });

    private void Add(string way, Run run, Run scratch)
    {
        if (!_ways.TryGetValue(way, out var all))
            _ways[way] = all = [];
        all.Add(Say(way, run, scratch));
    }

    private Reached Say(string way, Run run, Run scratch)
    {
        var (wanted, best) = (Share * scratch.Epochs.Max(e => e.Recall), run.Epochs.Max(e => e.Recall));
        var epoch = run.Epochs.FindIndex(e => e.Recall >= wanted);
        double? seconds = epoch < 0 ? null : run.Epochs[epoch].Seconds;
        var reached = seconds is null ? "never" : string.Create(CultureInfo.InvariantCulture, $"after {epoch + 1} epochs, {seconds:0.0} s");
        _figures.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"  {way,-24} recall@20 {best:0.0000} in {run.Epochs.Count} epochs, {run.Epochs[^1].Seconds:0.0} s; {wanted:0.0000} {reached}"));
        return new(epoch < 0 ? run.Epochs.Count : epoch + 1, seconds, best, run.Epochs.Count, run.Epochs[^1].Seconds);
    }

    /// <summary>The log's first rows, with the users that are in them; all items are in the catalogue from the start.</summary>
    private Dataset Until(int rows)
    {
        var users = _log.Train.Users[..rows];
        return _log with { UserCount = users.Max() + 1, Train = new(users, _log.Train.Items[..rows], _log.Train.Times![..rows]) };
    }

    /// <summary>All interactions by time, users numbered in the order in which they come.</summary>
    private static Dataset InOrderOfTime(Dataset data)
    {
        var rows = new[] { Split.Train, Split.Valid, Split.Test }
            .SelectMany(split => Enumerable.Range(0, data[split].Count)
                .Select(row => (User: data[split].Users[row], Item: data[split].Items[row], Time: data.TimeOf(split, row))))
            .OrderBy(row => row.Time).ThenBy(row => row.User).ThenBy(row => row.Item).ToArray();
        var numbers = new Dictionary<int, int>();
        foreach (var row in rows)
            numbers.TryAdd(row.User, numbers.Count);
        return data with
        {
            UserIds = [.. numbers.Keys.Select(data.UserId)],
            UserCount = numbers.Count,
            Train = new([.. rows.Select(r => numbers[r.User])], [.. rows.Select(r => r.Item)], [.. rows.Select(r => r.Time)]),
            Valid = DatasetSplit.Empty,
            Test = DatasetSplit.Empty,
        };
    }

    private sealed record Run(List<(double Recall, double Seconds)> Epochs, ModelCheckpoint? Checkpoint);

    private sealed record Reached(int Epochs, double? Seconds, double Best, int TotalEpochs, double TotalSeconds);

    private sealed class Epochs(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}

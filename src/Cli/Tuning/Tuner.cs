using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Tuning;

/// <summary>A whole <c>rearm tune</c>: cut the data, search, and write what was found.</summary>
/// <param name="data">Its test part is not used.</param>
/// <param name="model">What to tune.</param>
/// <param name="settings">What all trials have in common.</param>
/// <param name="console">Where to tell.</param>
/// <param name="progress">Asked for what takes long.</param>
internal sealed class Tuner(Dataset data, ModelDefinition model, ModelSettings settings, IAnsiConsole console, ProgressOf progress)
{
    public const string JournalFile = "journal.jsonl";
    public const string PresetFileName = "preset.json";
    public const string PlotFile = "trials.svg";

    private const string MaxEpochsName = "max_epochs";

    /// <exception cref="CliException">There is nothing to search or to validate on, the folder has another search, or every trial failed.</exception>
    public async Task RunAsync(string folder, int trials, int epochs, CancellationToken deadline, CancellationToken cancellation)
    {
        SearchRange[] ranges = [.. model.Ranges.Where(range => !settings.Parameters.ContainsKey(range.Name))];
        if (ranges.Length == 0)
            throw new CliException(
                $"The model {model.Name} has nothing to tune{(model.Ranges.Count == 0 ? "" : " that --set does not fix")}. "
                + $"{(model.Ranges.Count == 0 ? "Choose another with --model" : "Leave some of its hyper-parameters out of --set")}.");
        if (model.MaxEpochs(settings) == 0)
            epochs = 0;
        else if (settings.Parameters.ContainsKey(MaxEpochsName))
            throw new CliException($"--set {MaxEpochsName} has no effect on a search: --epochs says how many epochs a trial has in the last round. Give that instead.");
        var sampler = new TrialSampler(ranges, settings.Seed);
        var graphs = Graphs(Enumerable.Range(0, trials).Select(sampler.Get));
        var training = await Task.Run(() => DatasetSnapshot.TrainingData(data, graphs, cancellation, progress), cancellation);
        if (training.Validation() is { CanDecide: false } validation)
            throw new CliException(
                $"Nothing says which trial on {data.Name} is better: {RankingEvaluator.TooFew(validation.Users)}. "
                + "Give more interactions, or a validation part of more users (valid.npy, x_label 1).");

        Directory.CreateDirectory(folder);
        var plan = HalvingPlan.Of(trials, epochs);
        var identity = Identity(training, ranges, trials, epochs);
        using var journal = TuningJournal.Open(Path.Combine(folder, JournalFile), identity);
        var (states, report) = (new TrialStates(folder, identity), new TuningReport(console, plan, TimeProvider.System));
        var before = journal.Results.Select(r => (r.Trial, r.Rung)).ToHashSet();
        if (before.Count > 0)
            console.WriteLine($"Going on with the search in {folder}: {before.Count} results are there.");
        var search = new TuningSearch(sampler, plan, journal)
        {
            Train = new TrialTraining(training, model, settings, states, progress).RunAsync,
            Report = result => report.Add(result, before.Contains((result.Trial, result.Rung))),
            Drop = states.Drop,
        };
        if (!await search.RunAsync(deadline, cancellation))
            console.WriteLine("The time is over. What has been found so far counts; the same command goes on with the search.");
        report.Table(journal.Results);
        var best = search.Best() ?? throw new CliException(journal.Results.FirstOrDefault(r => r.Failure is not null) is { } failed
            ? $"No trial could be trained. Trial {failed.Trial}: {failed.Failure}"
            : "No trial was finished in this time; allow more --minutes.");
        Write(folder, best, journal, plan);
    }

    private void Write(string folder, TrialResult best, TuningJournal journal, IReadOnlyList<Rung> plan)
    {
        var preset = Path.Combine(folder, PresetFileName);
        Preset(best, journal.Results.Select(r => r.Trial).Distinct().Count(), plan[^1].Epochs).Write(preset);
        File.WriteAllText(Path.Combine(folder, PlotFile), TuningPlot.Draw($"{model.Name} on {data.Name}", journal.Results).ToSvg());
        console.WriteLine($"Wrote {preset} and {Path.Combine(folder, PlotFile)}.");
        console.WriteLine($"Use it with rearm evaluate --model {model.Name} --preset-file {preset}, or Trainer:PresetFile={preset}");
    }

    private PresetFile Preset(TrialResult best, int trials, int epochs)
    {
        var all = (model.Values ?? model.Describe)(TrialTraining.With(settings, best.Parameters));
        return new()
        {
            Model = model.Name,
            // When to stop was not searched.
            Parameters = all.Where(p => p.Key is not (MaxEpochsName or "patience" or "unvalidated_epochs"))
                .OrderBy(p => p.Key, StringComparer.Ordinal).ToDictionary(),
            Chosen = new Dictionary<string, string>
            {
                ["dataset"] = data.Name,
                ["validation_recall@20"] = best.Recall!.Value.ToString("0.0000", CultureInfo.InvariantCulture),
                ["epochs"] = Text(best.Epochs),
                ["best_epoch"] = Text(best.BestEpoch),
                ["trial"] = Text(best.Trial),
                ["trials"] = Text(trials),
                ["last_round_epochs"] = Text(epochs),
                ["seed"] = Text(settings.Seed),
                ["differs_in"] = TuningReport.Difference(best),
            },
        };
    }

    private SearchIdentity Identity(TrainingData training, SearchRange[] ranges, int trials, int epochs)
    {
        var common = new Dictionary<string, string>((model.Values ?? model.Describe)(settings))
        {
            ["preset"] = settings.Preset ?? "",
            ["modalities"] = settings.Modalities is null ? "" : string.Join(',', settings.Modalities),
        };
        var texts = ranges.Select(r => r.ToString()).ToArray();
        return new(SearchIdentity.CurrentVersion, data.Name, Hash(training), model.Name, common, texts, trials, epochs, settings.Seed);
    }

    private static string Hash(TrainingData training)
    {
        var heldOut = string.Join(' ', training.HeldOut.Order().Select(pair => $"{pair.User}:{pair.Item}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SnapshotHash.Compute(training.Train) + heldOut)));
    }

    // Cut once, with as many neighbours as any trial wants: a model takes as many as it wants of those that there are.
    private GraphSettings Graphs(IEnumerable<Trial> trials)
    {
        var all = trials.Select(trial => model.Graphs(TrialTraining.With(settings, trial.Parameters))).ToList();
        return all[0] with { UserNeighbors = all.Max(g => g.UserNeighbors), ItemNeighbors = all.Max(g => g.ItemNeighbors) };
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

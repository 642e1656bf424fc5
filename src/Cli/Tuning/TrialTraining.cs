using System.Diagnostics;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Tuning;

/// <summary>Trains trials on a data set. Validation says how good one is; the test part is not even read.</summary>
internal sealed class TrialTraining(TrainingData data, ModelDefinition model, ModelSettings settings, TrialStates states, ProgressOf? progress = null)
{
    /// <summary>Trains a trial up to the epochs of a round, from where the round before left it.</summary>
    public Task<TrialResult> RunAsync(Trial trial, Rung rung, CancellationToken cancellation) => TrainingThread.RunAsync(() =>
    {
        var clock = Stopwatch.StartNew();
        progress?.Invoke($"Trial {trial.Number}", "", 0);
        try
        {
            using var recommender = model.Create(data, SettingsOf(trial) with { MaxEpochs = rung.Epochs == 0 ? null : rung.Epochs });
            var kept = rung.Epochs == 0 ? null : states.Of(trial);
            var outcome = recommender.Fit(new() { Validation = data.Validation(), States = kept, Within = progress }, cancellation);
            return Result(outcome.Epochs, outcome.BestEpoch, outcome.Validation!.Value.Recall20, null);
        }
        catch (Exception e) when (e is TrainingException or ArgumentException)
        {
            return Result(0, 0, null, e.Message);
        }

        TrialResult Result(int epochs, int bestEpoch, double? recall, string? failure) =>
            new(trial.Number, rung.Number, epochs, bestEpoch, recall, clock.Elapsed.TotalSeconds, failure, trial.Parameters);
    });

    /// <summary>The settings that are the same for all trials, with what a trial has in their place.</summary>
    public ModelSettings SettingsOf(Trial trial) => With(settings, trial.Parameters);

    public static ModelSettings With(ModelSettings settings, IReadOnlyDictionary<string, string> parameters)
    {
        var all = new Dictionary<string, string>(settings.Parameters);
        foreach (var (name, value) in parameters)
            all[name] = value;
        return settings with { Parameters = all };
    }
}

using Rearm.Streaming.Models.Training;
using Rearm.Streaming.ServiceDefaults.Progress;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Evaluation;

/// <summary>One line per epoch.</summary>
/// <param name="console">Where it is printed.</param>
/// <param name="also">Told of each epoch too.</param>
internal sealed class EpochLines(IAnsiConsole console, IProgress<TrainingProgress>? also) : IProgress<TrainingProgress>
{
    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        also?.Report(value);
        var recall = value.Recall is { } measured
            ? FormattableString.Invariant($"validation recall@20 {measured:0.0000}{(value.BestEpoch == value.Epoch ? " (best)" : "")}")
            : "not validated, too little is held out";
        // Early stopping may end it sooner.
        var left = value.Epoch >= value.MaxEpochs ? "" : $", at most {Pace.Text(value.LeftAtMost)} left";
        console.WriteLine(FormattableString.Invariant(
            $"epoch {value.Epoch} of at most {value.MaxEpochs}  loss {value.Loss:0.0000}  {recall}  {value.Seconds:0.0} s{left}"));
    }
}

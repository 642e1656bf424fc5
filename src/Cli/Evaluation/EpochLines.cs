using Rearm.Streaming.Models.Training;
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
            : "not validated, nothing is held out";
        console.WriteLine(FormattableString.Invariant($"epoch {value.Epoch}  loss {value.Loss:0.0000}  {recall}  {value.Seconds:0.0} s"));
    }
}

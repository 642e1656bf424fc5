using System.Diagnostics;
using System.Globalization;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>The memory that one way of training needs: the most that a process has had resident which does nothing else.</summary>
internal static class PeakMemory
{
    /// <summary>The command's option that makes it such a process.</summary>
    public const string Option = "--measure-peak";

    // The second step has the optimizer's state from the start.
    private const int Steps = 2;

    /// <summary>Starts such a process, and waits for it.</summary>
    /// <param name="shape">How large.</param>
    /// <param name="way">One of <see cref="TrainFigures.Ways"/>.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <returns>MiB.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<double> OfOwnProcessAsync(TrainShape shape, string way, CancellationToken cancellationToken)
    {
        using var process = OwnProcess.Start("bench", "train", "--shapes", shape.Name, "--only", way, Option);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 && double.TryParse(await output, NumberStyles.Float, CultureInfo.InvariantCulture, out var mebibytes)
                ? mebibytes
                : throw new InvalidOperationException(
                    $"The process that measures the memory of {shape.Name}, {way}, ended with code {process.ExitCode}: {await error}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>What such a process does: some steps and an evaluation.</summary>
    /// <returns>The most memory this process has had resident, MiB.</returns>
    public static Task<double> OfThisProcessAsync(TrainShape shape, string way, CancellationToken cancellationToken) => TrainingThread.RunAsync(() =>
    {
        using var training = new MeasuredTraining(TrainData.Of(shape), shape.Hyper, way == TrainFigures.Plain, seed: 1);
        for (var step = 0; step < Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            training.Step();
        }
        training.Evaluate(cancellationToken);
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / 1048576.0;
    });
}

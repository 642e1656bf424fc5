using System.CommandLine;
using System.Globalization;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench train</c>: measures REARM's training on this machine's CPU.</summary>
internal static class BenchTrain
{
    public static RearmCommand Create()
    {
        var names = TrainShape.All.Select(shape => shape.Name).ToArray();
        var shapes = new Option<string[]>("--shapes")
        {
            Description = $"Data sets whose size to take: {string.Join(", ", names)}; default: all. May be given several times",
            HelpName = "name",
            DefaultValueFactory = _ => names,
            AllowMultipleArgumentsPerToken = true,
        };
        shapes.AcceptOnlyFromAmong(names);
        var only = new Option<string>("--only")
        {
            Description = "One way of training alone: fused, by the kernels, or plain, by tensor operators. Otherwise both, a step each in turns",
            HelpName = string.Join('|', TrainFigures.Ways),
        };
        only.AcceptOnlyFromAmong([.. TrainFigures.Ways]);
        var steps = Numbers.Option(
            "--steps", "Steps that count for each way, after two that don't; an epoch is its steps at their mean, shuffling and one evaluation", 5, 1, 10_000);
        var peak = new Option<bool>(PeakMemory.Option) { Hidden = true };
        var command = new RearmCommand(
            "train",
            "Measure REARM's training on the CPU, on made-up data of the size of published data sets: seconds by phase and of an epoch, GFLOP/s, peak memory.",
            new("rearm bench train --shapes tiktok", "the smallest"),
            new("rearm bench train --only fused --steps 20 --json figures.json", "without the plain operators, which take minutes"))
        {
            shapes, only, steps, peak,
        };
        return command.Measures(async (parsed, figures, cancellation) =>
        {
            IReadOnlyList<string> ways = parsed.GetValue(only) is { } way ? [way] : TrainFigures.Ways;
            foreach (var shape in TrainShape.All.Where(shape => parsed.GetValue(shapes)!.Contains(shape.Name)))
                if (parsed.GetValue(peak))
                {
                    figures.Say((await PeakMemory.OfThisProcessAsync(shape, ways[0], cancellation)).ToString(CultureInfo.InvariantCulture));
                }
                else
                {
                    await TrainFigures.MeasureAsync(figures, shape, ways, parsed.GetValue(steps), cancellation);
                    foreach (var each in ways)
                    {
                        figures.Begin($"Measuring the memory of {shape.Name}, {each}");
                        var peakOfEach = await PeakMemory.OfOwnProcessAsync(shape, each, cancellation);
                        figures.Add($"{shape.Name}.{each}.peak_mib", peakOfEach, "MiB, a process that makes the data and trains");
                    }
                }
        }, ("seconds of a step by phase", figures => figures.Bars("A step of REARM's training by phase", "data set's size and way of training").ToSvg()));
    }
}

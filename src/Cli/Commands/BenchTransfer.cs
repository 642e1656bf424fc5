using System.CommandLine;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Cli.Replay;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench transfer</c>: what PMMRec gains from another catalogue.</summary>
internal static class BenchTransfer
{
    public static RearmCommand Create()
    {
        var dataset = new Option<string>("--dataset")
        {
            Description = "Interactions with times, and features: a folder or a file, as rearm evaluate and rearm replay take them",
            HelpName = "path",
            Required = true,
        };
        var parameters = new Option<string[]>("--set") { Description = "A hyper-parameter of pmmrec. May be given several times", HelpName = "name=value" };
        var losses = new Option<string>("--pretrain")
        {
            Description = "Losses of pre-training besides next-item prediction, as pmmrec's losses",
            DefaultValueFactory = _ => "nicl+nid+rcl",
        };
        var epochs = Numbers.Optional("--epochs", "Maximum number of epochs; default: the model's own", 1, 100_000);
        var minItems = Numbers.Option("--min-items", "Users with fewer different items are left out", 5, 3, 1_000_000);
        var seeds = Numbers.Option("--seeds", "Times that all is repeated, with other seeds", 3, 1, 100);
        var command = new RearmCommand(
            "transfer",
            "Measure what PMMRec gains from another catalogue: it is pre-trained on half of the users, with other ids for users and items, and fine-tuned "
            + "on the first events of the other half, whole, in parts and with one modality.",
            new Example("rearm bench transfer --dataset data/ml100k --plot transfer.svg", "with the first 1, 10 and 100% of the events to fine-tune on"))
        {
            dataset, parameters, losses, epochs, minItems, seeds,
        };
        var import = new ImportFlags();
        import.AddTo(command);
        return command.Measures(async (parsed, figures, cancellation) =>
        {
            try
            {
                var settings = new ModelSettings { Parameters = ParameterFlags.Parse(parsed.GetValue(parameters)), MaxEpochs = parsed.GetValue(epochs) };
                var data = await DatasetReading.ReadAsync(parsed.GetRequiredValue(dataset), import.Read(parsed), figures.Progress, cancellation: cancellation);
                var measurement = new TransferFigures(figures, data, parsed.GetValue(minItems), settings, parsed.GetRequiredValue(losses));
                await measurement.MeasureAsync(parsed.GetValue(seeds), cancellation);
            }
            catch (Exception e) when (e is DatasetException or TrainingException or ArgumentException or DllNotFoundException)
            {
                throw CliException.From(e);
            }
        }, ("the figures", figures => figures.Lines("PMMRec by what it starts from", "log10 of the events learned from, in percent").ToSvg()));
    }
}

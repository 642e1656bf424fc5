using System.CommandLine;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Cli.Replay;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench next-item</c>: how well models find each user's newest item.</summary>
internal static class BenchNextItem
{
    public static RearmCommand Create()
    {
        var dataset = new Option<string>("--dataset")
        {
            Description = "Interactions with times: a folder or a file, as rearm evaluate and rearm replay take them",
            HelpName = "path",
            Required = true,
        };
        var models = new Option<string[]>("--model")
        {
            Description = "What to measure. May be given several times",
            HelpName = "name",
            DefaultValueFactory = _ => ["popularity", "item-knn-last", "sasrec", "pmmrec"],
        };
        var parameters = new Option<string[]>("--set")
        {
            Description = "A hyper-parameter, for those of the models that have one of that name. May be given several times",
            HelpName = "name=value",
        };
        var modalities = new Option<string>("--modalities") { Description = "The modalities to use, in order; default: all", HelpName = "a,b" };
        var epochs = Numbers.Optional("--epochs", "Maximum number of epochs; default: the models' own", 1, 100_000);
        var minItems = Numbers.Option("--min-items", "Users with fewer different items are left out", 5, 3, 1_000_000);
        var seeds = Numbers.Option("--seeds", "Times that models trained in epochs are, with other seeds", 3, 1, 100);
        var command = new RearmCommand(
            "next-item",
            "Measure how well models find each user's newest item among all others, trained on those before it: hit rate and NDCG at 10 and 20.",
            new Example("rearm bench next-item --dataset data/ml100k", "models of sequences, and what they have to beat"),
            new Example("rearm bench next-item --dataset data/ml100k --model pmmrec --modalities text", "by texts alone"))
        {
            dataset, models, parameters, modalities, epochs, minItems, seeds,
        };
        var import = new ImportFlags();
        import.AddTo(command);
        return command.Measures(async (parsed, figures, cancellation) =>
        {
            try
            {
                var settings = new ModelSettings
                {
                    Parameters = ParameterFlags.Parse(parsed.GetValue(parameters)),
                    MaxEpochs = parsed.GetValue(epochs),
                    Modalities = parsed.GetValue(modalities)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                };
                var read = await DatasetReading.ReadAsync(parsed.GetRequiredValue(dataset), import.Read(parsed), figures.Progress, cancellation: cancellation);
                var data = LeaveOneOut.Split(read, parsed.GetValue(minItems));
                var measurement = new NextItemFigures(figures, data, settings);
                await measurement.MeasureAsync([.. parsed.GetRequiredValue(models).Select(ModelCatalogue.Get)], parsed.GetValue(seeds), cancellation);
            }
            catch (Exception e) when (e is DatasetException or TrainingException or ArgumentException or DllNotFoundException)
            {
                throw CliException.From(e);
            }
        }, ("the figures", figures => figures.Bars("Finding each user's newest item", "model").ToSvg()));
    }
}

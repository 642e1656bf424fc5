using System.CommandLine;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Cli.Replay;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench live</c>: what the parts of answers are worth that come from between trainings.</summary>
internal static class BenchLive
{
    public static RearmCommand Create()
    {
        var dataset = new Option<string>("--dataset")
        {
            Description = "A folder or a file, as rearm evaluate and rearm replay take them; with times for the replay, with features and a test part for new items",
            HelpName = "path",
            Required = true,
        };
        var model = new Option<string>("--model") { Description = "What to train", HelpName = "name", DefaultValueFactory = _ => "ials" };
        var seed = Numbers.Option("--seed", "Random seed of initial values, shuffling, sampling and dropout", 1, 0, int.MaxValue);
        var command = new RearmCommand(
            "live",
            "Measure what interim vectors of new items give, and an item encoder's, and what moving users' vectors by what they just touched does.",
            new Example("rearm bench live --dataset data/tiktok", "items without training interactions"),
            new Example("rearm bench live --dataset data/tiktok --model pmmrec", "the same, of a model that makes items of their features"),
            new Example("rearm bench live --dataset data/ml100k", "the newest fifth of interactions, one after the other"))
        {
            dataset, model, seed,
        };
        var import = new ImportFlags();
        import.AddTo(command);
        return command.Measures(async (parsed, figures, cancellation) =>
        {
            try
            {
                var data = await DatasetReading.ReadAsync(parsed.GetRequiredValue(dataset), import.Read(parsed), figures.Progress, cancellation: cancellation);
                var definition = ModelCatalogue.Get(parsed.GetRequiredValue(model));
                await LiveFigures.MeasureAsync(figures, data, definition, parsed.GetValue(seed), cancellation);
            }
            catch (Exception e) when (e is DatasetException or TrainingException or ArgumentException or DllNotFoundException)
            {
                throw CliException.From(e);
            }
        }, ("recall by weight and length", figures => figures.Bars(
            "What comes from between trainings", "vectors of new items, Server:RecentWeight of touches").ToSvg()));
    }
}

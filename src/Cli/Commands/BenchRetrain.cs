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

/// <summary><c>rearm bench retrain</c>: what a warm start saves as a log grows.</summary>
internal static class BenchRetrain
{
    public static RearmCommand Create()
    {
        var dataset = new Option<string>("--dataset") { Description = "Interactions with times: a folder or a file, as rearm evaluate and rearm replay take them", HelpName = "path", Required = true };
        var model = new Option<string>("--model") { Description = "What to train; a model that is trained in epochs", HelpName = "name", DefaultValueFactory = _ => ModelCatalogue.Default };
        var preset = new Option<string>("--preset") { Description = "The model's hyper-parameters, by name; default: the model's own" };
        var parameters = new Option<string[]>("--set") { Description = "A hyper-parameter in place of the preset's. May be given several times", HelpName = "name=value" };
        var from = Numbers.Option("--from", "Share of the interactions, by time, that the first run is trained on", 0.7, 0.05, 0.95);
        var runs = Numbers.Option("--runs", "Runs after the first one, at equal steps up to all interactions", 3, 1, 100);
        var seeds = Numbers.Option("--seeds", "Times that all is repeated, with other seeds", 3, 1, 100);
        var command = new RearmCommand(
            "retrain",
            "Measure what a warm start saves: a log is cut at several times, and at each the model is trained from the last run and from scratch.",
            new Example("rearm bench retrain --dataset events.csv --user-column user --item-column item --model lightgcn", "the last 30% of the log in three steps"))
        {
            dataset, model, preset, parameters, from, runs, seeds,
        };
        var import = new ImportFlags();
        import.AddTo(command);
        return command.Measures(async (parsed, figures, cancellation) =>
        {
            try
            {
                var settings = new ModelSettings { Preset = parsed.GetValue(preset), Parameters = ParameterFlags.Parse(parsed.GetValue(parameters)) };
                var definition = ModelCatalogue.Get(parsed.GetRequiredValue(model));
                var data = await DatasetReading.ReadAsync(parsed.GetRequiredValue(dataset), import.Read(parsed), figures.Progress, cancellation: cancellation);
                var measurement = new RetrainFigures(figures, data, definition, settings);
                await measurement.MeasureAsync(parsed.GetValue(from), parsed.GetValue(runs), parsed.GetValue(seeds), cancellation);
            }
            catch (Exception e) when (e is DatasetException or TrainingException or ArgumentException or DllNotFoundException)
            {
                throw CliException.From(e);
            }
        }, ("the means", figures => figures.Bars("Until 95% of the best recall from scratch, means", "way of training").ToSvg()));
    }
}

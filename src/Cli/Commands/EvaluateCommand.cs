using System.CommandLine;
using System.Text.Json;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm evaluate</c>: the offline protocol on a data set, without Kafka or Redis.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var dataset = new Option<string>("--dataset") { Description = "A folder with train.npy, ... or NAME.inter, and feature files", HelpName = "folder", Required = true };
        var model = new Option<string>("--model") { Description = $"What to evaluate. {string.Join("; ", ModelCatalogue.All.Select(m => $"{m.Name}: {m.Description}"))}", DefaultValueFactory = _ => ModelCatalogue.Default };
        model.AcceptOnlyFromAmong([.. ModelCatalogue.Names]);
        var preset = new Option<string>("--preset") { Description = "The model's hyper-parameters, by name; default: the model's own" };
        preset.AcceptOnlyFromAmong([.. ModelCatalogue.All.SelectMany(m => m.Presets).Distinct()]);
        var modalities = new Option<string>("--modalities") { Description = "The modalities to use, in order; default: all", HelpName = "a,b" };
        var learningRate = Numbers.Optional("--learning-rate", "The optimizer's step size; default: the preset's", 1e-8, 10);
        var epochs = Numbers.Optional("--epochs", "Maximum number of epochs; default: the preset's", 1, 100_000);
        var seed = Numbers.Option("--seed", "Random seed of initial values, shuffling, sampling and dropout", 1, 0, int.MaxValue);
        var json = new Option<string>("--json") { Description = "Also write the result to this file", HelpName = "file" };
        var device = new Option<string>("--device") { Description = "Device to train on; auto is CUDA where there is any", DefaultValueFactory = _ => TrainingDevice.Auto };
        device.AcceptOnlyFromAmong([.. TrainingDevice.Names]);

        var command = new RearmCommand(
            "evaluate",
            "Train on a data set and measure Recall and NDCG at 10 and 20 on its test part, without Kafka or Redis.",
            new("rearm evaluate --dataset data/tiktok --preset tiktok", "REARM with every modality the folder has"),
            new("rearm evaluate --dataset data/tiktok --epochs 5 --json result.json", "five epochs, and the result as JSON"),
            new("rearm evaluate --dataset data/tiktok --model popularity", "what a model has to beat"))
        {
            dataset, model, preset, modalities, learningRate, epochs, seed, json, device,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(preset) is { } name && result.GetValue(model) is { } chosen
                && !ModelCatalogue.Get(chosen).Presets.Contains(name))
                result.AddError($"The model {chosen} has no preset {name}.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var console = Consoles.For(parsed.InvocationConfiguration.Output);
            var definition = ModelCatalogue.Get(parsed.GetRequiredValue(model));
            var settings = new ModelSettings
            {
                Preset = parsed.GetValue(preset),
                LearningRate = parsed.GetValue(learningRate),
                MaxEpochs = parsed.GetValue(epochs),
                Modalities = parsed.GetValue(modalities)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                Seed = parsed.GetValue(seed),
                Device = parsed.GetRequiredValue(device),
            };
            try
            {
                var data = DatasetReader.Read(parsed.GetRequiredValue(dataset));
                foreach (var note in data.Notes)
                    console.WriteLine(note);
                if (data.Test.Count == 0)
                    throw new CliException($"{parsed.GetValue(dataset)} has no test part, so there is nothing to measure.");
                console.WriteLine($"{data.Name}: {data.UserCount} users, {data.ItemCount} items, {data.Train.Count} / {data.Valid.Count} / {data.Test.Count} interactions to train, validate and test; features: {(data.Features.Count == 0 ? "none" : string.Join(", ", data.Features.Select(f => $"{f.Name} ({f.Dimension})")))}");
                var result = await OfflineExperiment.RunAsync(
                    definition, settings, DatasetSnapshot.TrainingData(data, definition.Graphs(settings), cancellation), DatasetSnapshot.Pairs(data.Test), new EpochLines(console), cancellation);
                console.WriteLine($"Validation: {Text(result.Training.Validation)}");
                console.WriteLine($"Test:       {Text(result.Test)}");
                if (parsed.GetValue(json) is { } file)
                    await File.WriteAllTextAsync(file, Json(data.Name, definition.Name, settings.Seed, result), cancellation);
                return ExitCodes.Success;
            }
            catch (Exception e) when (e is DatasetException or TrainingException or ArgumentException or DllNotFoundException or IOException or UnauthorizedAccessException)
            {
                throw new CliException(e.Message, e);
            }
        });
        return command;
    }

    private static string Text(RankingMetrics metrics) => string.Join("  ", metrics.ToDictionary().Select(m => FormattableString.Invariant($"{m.Key} {m.Value:0.0000}")));

    private static string Json(string dataset, string model, int seed, OfflineResult result) => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["dataset"] = dataset,
            ["model"] = model,
            ["seed"] = seed,
            ["epochs"] = result.Training.Epochs,
            ["best_epoch"] = result.Training.BestEpoch,
            ["seconds_per_epoch"] = result.Training.SecondsPerEpoch,
            ["valid"] = result.Training.Validation.ToDictionary(),
            ["test"] = result.Test.ToDictionary(),
        },
        Indented);

    private sealed class EpochLines(IAnsiConsole console) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => console.WriteLine(FormattableString.Invariant(
            $"epoch {value.Epoch}  loss {value.Loss:0.0000}  validation recall@20 {value.Recall:0.0000}{(value.BestEpoch == value.Epoch ? " (best)" : "")}  {value.Seconds:0.0} s"));
    }
}

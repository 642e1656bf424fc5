using System.CommandLine;
using System.Text.Json;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Ingestor.Replay.Datasets;
using Rearm.Streaming.Trainer.Evaluation;
using Rearm.Streaming.Trainer.Model;
using Rearm.Streaming.Trainer.Training;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm evaluate</c>: the offline protocol on a data set, without Kafka or Redis.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var dataset = new Option<string>("--dataset") { Description = "A folder with train.npy, ... or NAME.inter, and feature files", HelpName = "folder", Required = true };
        var model = new Option<string>("--model") { Description = "What to evaluate", DefaultValueFactory = _ => OfflineOptions.Rearm };
        model.AcceptOnlyFromAmong([.. OfflineOptions.Models]);
        var preset = new Option<string>("--preset") { Description = "REARM's hyper-parameters", DefaultValueFactory = _ => "tiktok" };
        preset.AcceptOnlyFromAmong([.. RearmPresets.Names]);
        var modalities = new Option<string>("--modalities") { Description = "The modalities to use, in order; left out: all", HelpName = "a,b" };
        var learningRate = Numbers.Optional("--learning-rate", "AdamW's step size; left out: the preset's", 1e-8, 10);
        var epochs = Numbers.Optional("--epochs", "Epochs at most; left out: until 20 epochs bring no gain", 1, 100_000);
        var seed = Numbers.Option("--seed", "Decides initial values, shuffling, sampling and dropout", 1, 0, int.MaxValue);
        var json = new Option<string>("--json") { Description = "Write the result to this file too", HelpName = "file" };
        var device = new Option<string>("--device") { Description = "Where to train; auto is CUDA where there is any", DefaultValueFactory = _ => "auto" };
        device.AcceptOnlyFromAmong("auto", "cpu", "cuda");

        var command = new RearmCommand(
            "evaluate",
            "Train on a data set and measure Recall and NDCG at 10 and 20 on its test part, without Kafka or Redis.",
            new("rearm evaluate --dataset data/tiktok --preset tiktok", "REARM with every modality the folder has"),
            new("rearm evaluate --dataset data/tiktok --epochs 5 --json result.json", "five epochs, the result as JSON besides"),
            new("rearm evaluate --dataset data/tiktok --model popularity", "what a model has to beat"))
        {
            dataset, model, preset, modalities, learningRate, epochs, seed, json, device,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var console = Consoles.For(parsed.InvocationConfiguration.Output);
            try
            {
                var chosen = RearmPresets.Get(parsed.GetRequiredValue(preset));
                var options = new OfflineOptions
                {
                    Model = parsed.GetRequiredValue(model),
                    Parameters = chosen with
                    {
                        LearningRate = parsed.GetValue(learningRate) ?? chosen.LearningRate,
                        MaxEpochs = parsed.GetValue(epochs) ?? chosen.MaxEpochs,
                    },
                    Modalities = parsed.GetValue(modalities)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                    Seed = parsed.GetValue(seed),
                    Device = parsed.GetRequiredValue(device),
                };
                var data = DatasetReader.Read(parsed.GetRequiredValue(dataset));
                foreach (var note in data.Notes)
                    console.WriteLine(note);
                if (data.Test.Count == 0)
                    throw new CliException($"{parsed.GetValue(dataset)} has no test part, so there is nothing to measure.");
                console.WriteLine($"{data.Name}: {data.UserCount} users, {data.ItemCount} items, {data.Train.Count} / {data.Valid.Count} / {data.Test.Count} interactions to train, validate and test; features: {(data.Features.Count == 0 ? "none" : string.Join(", ", data.Features.Select(f => $"{f.Name} ({f.Dimension})")))}");
                var result = await OfflineExperiment.RunAsync(Snapshot(data, options.Parameters, cancellation), Pairs(data.Valid), Pairs(data.Test), options, new EpochLines(console), cancellation);
                console.WriteLine($"Validation: {Text(result.Valid)}");
                console.WriteLine($"Test:       {Text(result.Test)}");
                if (parsed.GetValue(json) is { } file)
                    await File.WriteAllTextAsync(file, Json(data.Name, options, result), cancellation);
                return ExitCodes.Success;
            }
            catch (Exception e) when (e is DatasetException or TrainingException or ArgumentException or DllNotFoundException or IOException or UnauthorizedAccessException)
            {
                throw new CliException(e.Message, e);
            }
        });
        return command;
    }

    private static GraphSnapshot Snapshot(Dataset data, RearmHyperParameters parameters, CancellationToken cancellation) => SnapshotAssembler.Assemble(
        new SnapshotContent
        {
            UserIds = [.. Enumerable.Range(0, data.UserCount).Select(data.UserId)],
            ItemIds = [.. Enumerable.Range(0, data.ItemCount).Select(data.ItemId)],
            Categories = [.. Enumerable.Repeat(Array.Empty<string>(), data.ItemCount)],
            Available = [.. Enumerable.Repeat(true, data.ItemCount)],
            Interactions = InteractionPairs.ToMatrix(data.UserCount, Enumerable.Range(0, data.Train.Count)
                .Select(row => new InteractionPair(data.Train.Users[row], data.Train.Items[row], data.TimeOf(Split.Train, row)))),
            Modalities = data.Features,
        },
        OfflineExperiment.GraphSettingsFor(parameters), cancellationToken: cancellation);

    private static (int User, int Item)[] Pairs(DatasetSplit split) => [.. split.Users.Zip(split.Items)];

    private static string Text(RankingMetrics metrics) => string.Join("  ", metrics.ToDictionary().Select(m => FormattableString.Invariant($"{m.Key} {m.Value:0.0000}")));

    private static string Json(string dataset, OfflineOptions options, OfflineResult result) => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["dataset"] = dataset,
            ["model"] = options.Model,
            ["seed"] = options.Seed,
            ["epochs"] = result.Epochs,
            ["best_epoch"] = result.BestEpoch,
            ["seconds_per_epoch"] = result.SecondsPerEpoch,
            ["valid"] = result.Valid.ToDictionary(),
            ["test"] = result.Test.ToDictionary(),
        },
        new JsonSerializerOptions { WriteIndented = true });

    private sealed class EpochLines(IAnsiConsole console) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => console.WriteLine(FormattableString.Invariant(
            $"epoch {value.Epoch}  loss {value.Loss:0.0000}  validation recall@20 {value.Recall:0.0000}{(value.BestEpoch == value.Epoch ? " (best)" : "")}  {value.Seconds:0.0} s"));
    }
}

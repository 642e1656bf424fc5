using System.CommandLine;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm evaluate</c>: the offline protocol on a data set, without Kafka or Redis.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var dataset = new Option<string>("--dataset") { Description = "A folder with train.npy, ... or NAME.inter, and feature files", HelpName = "folder", Required = true };
        var model = new Option<string>("--model")
        {
            Description = $"What to evaluate. {string.Join("; ", ModelCatalogue.All.Select(m => $"{m.Name}: {m.Description}"))}. Two of them with a + between are blended",
            HelpName = "name",
            DefaultValueFactory = _ => ModelCatalogue.Default,
        };
        model.CompletionSources.Add([.. ModelCatalogue.Names]);
        var all = new Option<bool>("--all") { Description = "Evaluate every model, and print a table" };
        var preset = new Option<string>("--preset") { Description = "The model's hyper-parameters, by name; default: the model's own" };
        preset.AcceptOnlyFromAmong([.. ModelCatalogue.All.SelectMany(m => m.Presets).Distinct()]);
        var presetFile = new Option<string>("--preset-file") { Description = "Hyper-parameters from a file that rearm tune wrote, in place of the preset's", HelpName = "file" };
        var parameters = new Option<string[]>("--set")
        {
            Description = "A hyper-parameter in place of the preset's; docs/model.md names them. May be given several times",
            HelpName = "name=value",
        };
        var asServed = new Option<bool>("--as-served") { Description = "Measure the vectors that the pipeline would serve, where a model's own scores are no inner products" };
        var modalities = new Option<string>("--modalities") { Description = "The modalities to use, in order; default: all", HelpName = "a,b" };
        var learningRate = Numbers.Optional("--learning-rate", "The optimizer's step size; default: the preset's", 1e-8, 10);
        var epochs = Numbers.Optional("--epochs", "Maximum number of epochs; default: the preset's", 1, 100_000);
        var seed = Numbers.Option("--seed", "Random seed of initial values, shuffling, sampling and dropout", 1, 0, int.MaxValue);
        var cutOffs = CutOffs.Option();
        var curve = OutputFile.Option("--curve", "Also write loss and validation metrics by epoch to this file: a plot if it ends in .svg, numbers if in .json");
        var plot = OutputFile.Plot("Recall and NDCG of all models (--all)");
        var json = OutputFile.Option("--json", "Also write the result to this file");
        var device = new Option<string>("--device") { Description = "Device to train on; auto is CUDA where there is any", DefaultValueFactory = _ => TrainingDevice.Auto };
        device.AcceptOnlyFromAmong([.. TrainingDevice.Names]);

        var command = new RearmCommand(
            "evaluate",
            "Train on a data set and measure Recall and NDCG on its test part, without Kafka or Redis.",
            new("rearm evaluate --dataset data/tiktok --preset tiktok", "REARM with every modality the folder has"),
            new("rearm evaluate --dataset data/tiktok --epochs 5 --json result.json", "five epochs, and the result as JSON"),
            new("rearm evaluate --dataset data/tiktok --model popularity", "what a model has to beat"),
            new("rearm evaluate --dataset data/tiktok --model ials --set factors=128", "matrix factorisation with 128 factors"),
            new("rearm evaluate --dataset data/tiktok --model rearm+ials", "REARM and iALS added up"),
            new("rearm evaluate --dataset data/tiktok --set without=meta+orthogonality", "REARM without two of its parts"),
            new("rearm evaluate --dataset data/tiktok --cutoffs 5,50 --curve curve.svg", "more cut-offs, and a plot of the epochs"),
            new("rearm evaluate --dataset data/tiktok --all --plot models.svg", "every model there is, in a table and as bars"))
        {
            dataset, model, all, preset, presetFile, parameters, asServed, modalities, learningRate, epochs, seed, cutOffs, curve, plot, json, device,
        };
        command.Validators.Add(result =>
        {
            var named = result.GetResult(model) is { Implicit: false };
            if (result.GetValue(all) && (named || result.GetValue(parameters) is { Length: > 0 } || result.GetValue(presetFile) is not null))
                result.AddError("--all takes neither --model nor --set nor --preset-file, which belong to one model.");
            if (result.GetValue(curve) is { } file && Path.GetExtension(file) is not (".svg" or ".json"))
                result.AddError($"--curve is \"{file}\"; a name that ends in .svg or .json is needed.");
            if (result.GetValue(all) && result.GetValue(curve) is not null)
                result.AddError("--all takes no --curve, which is of one model.");
            if (!result.GetValue(all) && result.GetValue(plot) is not null)
                result.AddError("--plot draws all models, with --all; of one model there is --curve.");
            if (result.GetValue(all))
                return;
            // Validators see no defaults.
            var chosen = result.GetValue(model) ?? ModelCatalogue.Default;
            try
            {
                var settings = new ModelSettings { Preset = result.GetValue(preset), Parameters = ParameterFlags.Parse(result.GetValue(parameters)) };
                ModelCatalogue.Get(chosen).Check(settings);
                if (result.GetValue(curve) is not null && ModelCatalogue.Get(chosen).MaxEpochs(settings) == 0)
                    result.AddError($"--curve: {chosen} does not train in epochs, so there is nothing to draw.");
            }
            catch (ArgumentException e)
            {
                result.AddError(e.Message);
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var console = Consoles.For(parsed.InvocationConfiguration.Output);
            var settings = new ModelSettings
            {
                Preset = parsed.GetValue(preset),
                Parameters = ParameterFlags.Parse(parsed.GetValue(parameters)),
                AsServed = parsed.GetValue(asServed),
                LearningRate = parsed.GetValue(learningRate),
                MaxEpochs = parsed.GetValue(epochs),
                Modalities = parsed.GetValue(modalities)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                Seed = parsed.GetValue(seed),
                Device = parsed.GetRequiredValue(device),
            };
            try
            {
                if (parsed.GetValue(presetFile) is { } file)
                {
                    settings = PresetFile.Read(file).Beneath(settings, parsed.GetRequiredValue(model));
                    ModelCatalogue.Get(parsed.GetRequiredValue(model)).Check(settings);
                }
                var data = await DatasetReading.ReadAsync(console, parsed.GetRequiredValue(dataset), cancellation: cancellation);
                foreach (var note in data.Notes)
                    console.WriteLine(note);
                if (data.Train.Count == 0)
                    throw new CliException(
                        $"{parsed.GetValue(dataset)} has no interactions to train on, so there is nothing to learn from. "
                        + "They are in train.npy, or in the .inter file with x_label 0.");
                if (data.Test.Count == 0)
                    throw new CliException(
                        $"{parsed.GetValue(dataset)} has no test part, so there is nothing to measure. "
                        + "It is in test.npy, or in the .inter file with x_label 2; rearm bench next-item measures without one.");
                console.WriteLine($"{data.Name}: {data.UserCount} users, {data.ItemCount} items, {data.Train.Count} / {data.Valid.Count} / {data.Test.Count} interactions to train, validate and test; features: {(data.Features.Count == 0 ? "none" : string.Join(", ", data.Features.Select(f => $"{f.Name} ({f.Dimension})")))}");
                var chosen = parsed.GetRequiredValue(model);
                var learningCurve = parsed.GetValue(curve) is null
                    ? null
                    : new LearningCurve($"{chosen}, {data.Name}", ModelCatalogue.EpochModels(chosen, settings));
                var report = await ProgressView.ShowAsync(console, progress =>
                {
                    var evaluation = new Evaluations(data, settings, parsed.GetValue(cutOffs)!, console, progress);
                    return parsed.GetValue(all)
                        ? evaluation.AllAsync(parsed.GetValue(plot), cancellation)
                        : evaluation.OneAsync(ModelCatalogue.Get(chosen), learningCurve, cancellation);
                });
                if (learningCurve is not null)
                    await learningCurve.WriteAsync(parsed.GetValue(curve)!, cancellation);
                if (parsed.GetValue(json) is { } target)
                    await File.WriteAllTextAsync(target, report, cancellation);
                return ExitCodes.Success;
            }
            catch (Exception e) when (e is DatasetException or TrainingException or ArgumentException or DllNotFoundException or IOException or UnauthorizedAccessException)
            {
                throw CliException.From(e);
            }
        });
        return command;
    }
}

using System.CommandLine;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Cli.Replay;
using Rearm.Streaming.Cli.Tuning;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm tune</c>: searches a model's hyper-parameters on a data set.</summary>
internal static class TuneCommand
{
    // Thirty days; a timer ends at 49.
    private const double MostMinutes = 43_200;

    public static Command Create()
    {
        var dataset = new Option<string>("--dataset")
        {
            Description = "A folder or a file, as rearm evaluate and rearm replay take them. Without a validation part, each user's newest interaction is held out",
            HelpName = "path",
        };
        var shop = new Option<bool>("--shop") { Description = "The demo's synthetic shop in place of a data set; its seed is 1" };
        var model = new Option<string>("--model")
        {
            Description = "What to tune; two models with a + between are tuned together",
            HelpName = "name",
            DefaultValueFactory = _ => ModelCatalogue.Default,
        };
        model.CompletionSources.Add([.. ModelCatalogue.Names]);
        var preset = new Option<string>("--preset") { Description = "Hyper-parameters to start from, by name; default: the model's own", HelpName = "name" };
        var parameters = new Option<string[]>("--set")
        {
            Description = "A hyper-parameter that is not searched. May be given several times",
            HelpName = "name=value",
        };
        var modalities = new Option<string>("--modalities") { Description = "The modalities to use, in order; default: all", HelpName = "a,b" };
        var trials = Numbers.Option("--trials", "Choices of hyper-parameters to try, the model as it is among them", 16, 2, 10_000);
        var epochs = Numbers.Option("--epochs", "Epochs of the last round, of one trial; half as many in the round before, and so on", 40, 1, 100_000);
        var minutes = Numbers.Optional("--minutes", "Stop after so long, with what has been found; the same command goes on later", 0.01, MostMinutes);
        var output = new Option<string>("--out")
        {
            Description = "Folder for the journal, the preset file and the plot; default: tuning/DATASET-MODEL",
            HelpName = "folder",
        };
        var seed = Numbers.Option("--seed", "Random seed of the trials and of training", 1, 0, int.MaxValue);
        var threads = Numbers.Option("--threads", "CPU threads; 0: one per core", 0, 0, 1024);
        var device = new Option<string>("--device") { Description = "Device to train on; auto is CUDA where there is any", DefaultValueFactory = _ => TrainingDevice.Auto };
        device.AcceptOnlyFromAmong([.. TrainingDevice.Names]);
        var command = new RearmCommand(
            "tune",
            "Search a model's hyper-parameters by Recall@20 on validation, and write a preset file. Of random trials the better ones are trained on in each round.",
            new("rearm tune --dataset data/tiktok --trials 16 --epochs 32", "REARM, from its default"),
            new("rearm tune --shop --trials 8 --epochs 8", "the demo's shop, to see how it goes"),
            new("rearm tune --dataset data/tiktok --model ials --trials 50 --out tuned", "matrix factorisation; the preset is tuned/preset.json"),
            new("rearm evaluate --dataset data/tiktok --model ials --preset-file tuned/preset.json", "what it is worth on the test part"))
        {
            dataset, shop, model, preset, parameters, modalities, trials, epochs, minutes, output, seed, threads, device,
        };
        var import = new ImportFlags();
        import.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(shop) == (result.GetValue(dataset) is not null))
                result.AddError("Either --dataset or --shop is needed.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var console = Consoles.For(parsed.InvocationConfiguration.Output);
            try
            {
                var definition = ModelCatalogue.Get(parsed.GetRequiredValue(model));
                var settings = new ModelSettings
                {
                    Preset = parsed.GetValue(preset),
                    Parameters = ParameterFlags.Parse(parsed.GetValue(parameters)),
                    Modalities = parsed.GetValue(modalities)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                    Seed = parsed.GetValue(seed),
                    Threads = parsed.GetValue(threads),
                    Device = parsed.GetRequiredValue(device),
                };
                definition.Check(settings);
                var data = parsed.GetValue(shop)
                    ? ShopDataset.Create(seed: 1)
                    : await DatasetReading.ReadAsync(console, parsed.GetRequiredValue(dataset), import.Read(parsed), cancellation: cancellation);
                foreach (var note in data.Notes)
                    console.WriteLine(note);
                using var deadline = new CancellationTokenSource();
                if (parsed.GetValue(minutes) is { } limit)
                    deadline.CancelAfter(TimeSpan.FromMinutes(limit));
                var folder = parsed.GetValue(output) ?? Path.Combine("tuning", $"{data.Name}-{definition.Name}");
                await ProgressView.ShowAsync(console, progress => new Tuner(data, definition, settings, console, progress)
                    .RunAsync(folder, parsed.GetValue(trials), parsed.GetValue(epochs), deadline.Token, cancellation));
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

using System.CommandLine;
using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Cli.Replay;
using Rearm.Streaming.Client;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Ingestor;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm replay</c>: feeds a data set to an Ingestor.</summary>
internal static class ReplayCommand
{
    public static RearmCommand Create()
    {
        var dataset = new Option<string>("--dataset")
        {
            Description = "A folder with train.npy, ..., NAME.inter or one .csv, and feature files",
            HelpName = "folder",
        };
        var csv = new Option<string>("--csv") { Description = "A file with delimited fields, gzipped if its name ends in .gz", HelpName = "file" };
        var flags = new ImportFlags();
        var to = Urls.Option("--to", "The Ingestor's gRPC address", $"http://127.0.0.1:{IngestorHost.DefaultGrpcPort}");
        var rate = Numbers.Optional("--rate", "Interactions per second; default: as fast as they are acknowledged", 0.01, 1e7);
        var split = new Option<string>("--split") { Description = "Which part of the data set", DefaultValueFactory = _ => "train" };
        split.AcceptOnlyFromAmong("train", "valid", "test");
        var apiKey = ApiKeyOption.Create();
        var noItems = new Option<bool>("--no-items") { Description = "Interactions only: the catalogue is there already" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show how the data is understood, and send nothing" };
        var command = new RearmCommand(
            "replay",
            "Feed a data set to an Ingestor: the descriptions of items that have features first, then the interactions. Shows how the data is understood before it sends.",
            new("rearm replay --dataset data/tiktok --to http://127.0.0.1:7001", "a folder's training interactions, as fast as it goes"),
            new("rearm replay --dataset data/tiktok --split test --rate 100 --no-items", "its test interactions, 100 a second, to a catalogue that is there already"),
            new("rearm replay --csv orders.csv --dry-run", "how a file is understood, and nothing sent"),
            new("rearm replay --csv orders.csv --encoding windows-1252 --delimiter ; --time-format dd/MM/yyyy", "a file from a spreadsheet"),
            new("rearm replay --csv events.csv.gz --item-column reference --time-column timestamp --type-column action_type --item-pattern [0-9]+", "a log, by its columns' names"))
        {
            dataset, csv,
        };
        flags.AddTo(command);
        foreach (var option in new Option[] { to, apiKey, rate, split, noItems, dryRun })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(dataset) is null == result.GetResult(csv) is null)
                result.AddError("Either --dataset or --csv is needed.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var (console, import) = (Consoles.For(parsed.InvocationConfiguration.Output), flags.Read(parsed));
                var data = parsed.GetValue(dataset) is { } folder
                    ? await DatasetReading.ReadAsync(console, folder, import, cancellation: cancellation)
                    : await DatasetReading.ReadAsync(console, parsed.GetRequiredValue(csv), import, isCsv: true, cancellation);
                var options = new ReplayOptions { Split = Enum.Parse<Split>(parsed.GetRequiredValue(split), ignoreCase: true), Rate = parsed.GetValue(rate), Items = !parsed.GetValue(noItems) };
                ReplayReport.Before(data, options, console);
                if (parsed.GetValue(dryRun))
                    console.WriteLine("Nothing was sent (--dry-run).");
                else
                    await ReplayRun.RunAsync(data, options, parsed.GetRequiredValue(to), parsed.Read(apiKey), console, cancellation);
                return ExitCodes.Success;
            }
            catch (Exception e) when (e is DatasetException or IngestorUnavailableException)
            {
                throw CliException.From(e);
            }
            catch (RpcException e) when (!cancellation.IsCancellationRequested)
            {
                throw CliException.From(e, $"{parsed.GetValue(to)} refused ({e.StatusCode}): {e.Status.Detail}");
            }
        });
        return command;
    }
}

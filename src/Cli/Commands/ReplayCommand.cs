using System.CommandLine;
using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Replay;
using Rearm.Streaming.Client;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Ingestor;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm replay</c>: feeds a data set to an Ingestor.</summary>
internal static class ReplayCommand
{
    public static RearmCommand Create()
    {
        var dataset = new Option<string>("--dataset") { Description = "A folder with train.npy, ... or NAME.inter, and feature files", HelpName = "folder" };
        var csv = new Option<string>("--csv") { Description = "A .csv or .csv.gz file with a header", HelpName = "file" };
        var user = new Option<string>("--user-column") { Description = "The CSV column of users", HelpName = "column", DefaultValueFactory = _ => "user_id" };
        var item = new Option<string>("--item-column") { Description = "The CSV column of items", HelpName = "column", DefaultValueFactory = _ => "item_id" };
        var time = new Option<string>("--time-column") { Description = "The CSV column of times: Unix seconds or milliseconds, or ISO 8601", HelpName = "column" };
        var type = new Option<string>("--type-column") { Description = "The CSV column of what happened", HelpName = "column" };
        var where = new Option<string[]>("--where") { Description = "Only CSV rows with this value in this column; all must hold", HelpName = "column=value" };
        var pattern = new Option<string>("--item-pattern") { Description = "Only CSV rows whose item matches this regular expression as a whole", HelpName = "regex" };
        var to = Urls.Option("--to", "The Ingestor's gRPC address", $"http://127.0.0.1:{IngestorHost.DefaultGrpcPort}");
        var rate = Numbers.Optional("--rate", "Interactions per second; default: as fast as they are acknowledged", 0.01, 1e7);
        var split = new Option<string>("--split") { Description = "Which part of the data set", DefaultValueFactory = _ => "train" };
        split.AcceptOnlyFromAmong("train", "valid", "test");
        var noItems = new Option<bool>("--no-items") { Description = "Interactions only: the catalogue is there already" };
        var command = new RearmCommand(
            "replay",
            "Feed a data set to an Ingestor: the catalogue with its features first, then the interactions.",
            new("rearm replay --dataset data/tiktok --to http://127.0.0.1:7001", "a folder's training interactions, as fast as it goes"),
            new("rearm replay --dataset data/tiktok --split test --rate 100 --no-items", "its test interactions, 100 a second, to a catalogue that is there already"),
            new("rearm replay --csv events.csv.gz --item-column reference --time-column timestamp --type-column action_type --item-pattern [0-9]+", "a log, by its columns' names"))
        {
            dataset, csv, user, item, time, type, where, pattern, to, rate, split, noItems,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(dataset) is null == result.GetResult(csv) is null)
                result.AddError("Either --dataset or --csv is needed.");
            foreach (var condition in result.GetValue(where) ?? [])
                if (condition.IndexOf('=') <= 0)
                    result.AddError($"--where is \"{condition}\"; column=value is needed.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var columns = new CsvColumns
                {
                    User = parsed.GetRequiredValue(user),
                    Item = parsed.GetRequiredValue(item),
                    Time = parsed.GetValue(time),
                    Type = parsed.GetValue(type),
                    Where = [.. (parsed.GetValue(where) ?? []).Select(c => KeyValuePair.Create(c[..c.IndexOf('=')], c[(c.IndexOf('=') + 1)..]))],
                    ItemPattern = parsed.GetValue(pattern),
                };
                var data = parsed.GetValue(dataset) is { } folder ? DatasetReader.Read(folder) : DatasetReader.Read(parsed.GetRequiredValue(csv), columns);
                var options = new ReplayOptions { Split = Enum.Parse<Split>(parsed.GetRequiredValue(split), ignoreCase: true), Rate = parsed.GetValue(rate), Items = !parsed.GetValue(noItems) };
                await ReplayRun.RunAsync(data, options, parsed.GetRequiredValue(to), Consoles.For(parsed.InvocationConfiguration.Output), cancellation);
                return ExitCodes.Success;
            }
            catch (Exception e) when (e is DatasetException or IngestorUnavailableException)
            {
                throw new CliException(e.Message, e);
            }
            catch (RpcException e) when (!cancellation.IsCancellationRequested)
            {
                throw new CliException($"{parsed.GetValue(to)} refused ({e.StatusCode}): {e.Status.Detail}", e);
            }
        });
        return command;
    }
}

using System.CommandLine;
using System.Globalization;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Erasure;
using Rearm.Streaming.Client;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm erase</c>: forgets a user, or an item, to the end.</summary>
internal static class EraseCommand
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(15);

    public static RearmCommand Create()
    {
        var user = new Argument<string>("user") { Description = "The id of the user to forget", Arity = ArgumentArity.ZeroOrOne };
        var item = new Option<string>("--item") { Description = "Delete this item instead", HelpName = "id" };
        var to = Urls.Option("--to", "The Ingestor's gRPC address", $"http://127.0.0.1:{IngestorHost.DefaultGrpcPort}");
        var graphBuilder = Urls.Option("--graph-builder", "The GraphBuilder's gRPC address", $"http://127.0.0.1:{GraphBuilderHost.DefaultGrpcPort}");
        var within = new Option<TimeSpan>("--within")
        {
            Description = $"How long it may take; default: {DefaultPatience}",
            HelpName = "hh:mm:ss",
            DefaultValueFactory = _ => DefaultPatience,
            CustomParser = result =>
            {
                var text = result.Tokens is [var token] ? token.Value : "";
                if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero && time < TimeSpan.FromDays(20))
                    return time;
                result.AddError($"--within is \"{text}\"; a time such as 00:15:00 is needed.");
                return default;
            },
        };
        var json = new Option<bool>("--json") { Description = "Print the receipt as JSON" };
        var kafka = new KafkaFlags();
        var apiKey = ApiKeyOption.Create();
        var command = new RearmCommand(
            "erase",
            "Forget a user, or delete an item, everywhere: sends the erasure, follows it to its end, and prints a receipt. Running it again does no harm.",
            new("rearm erase ada", "from services on this machine"),
            new(
                "rearm erase ada --json --kafka kafka:9092 --to https://ingest:7001 --graph-builder https://graphs:7011",
                "from others; the operator's key is in REARM_API_KEY"),
            new("rearm erase --item red-canoe", "an item"))
        {
            user, item, to, graphBuilder, within, json, apiKey,
        };
        kafka.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(user) is { Tokens.Count: > 0 } == (result.GetResult(item) is not null))
                result.AddError("Either a user or --item is needed.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var target = parsed.GetValue(item) is { } id ? new EraseTarget(false, id) : new(true, parsed.GetRequiredValue(user));
            var key = parsed.Read(apiKey);
            using var sender = new EventSender(parsed.GetRequiredValue(to), new() { ApiKey = key, RetryFor = parsed.GetValue(within) });
            using var client = new GraphBuilderClient(parsed.GetRequiredValue(graphBuilder), apiKey: key);
            var (output, progress) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var receipt = await new EraseRun(sender, client, kafka.Clients(parsed), progress).RunAsync(target, parsed.GetValue(within), cancellation);
            if (parsed.GetValue(json))
                await output.WriteLineAsync(receipt.ToJson().AsMemory(), cancellation);
            else
                receipt.Write(Consoles.For(output));
            return receipt.Complete ? ExitCodes.Success : ExitCodes.Incomplete;
        });
        return command;
    }
}

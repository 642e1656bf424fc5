using System.CommandLine;
using System.Globalization;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm recommend</c>: asks a Server.</summary>
internal static class RecommendCommand
{
    public static RearmCommand Create()
    {
        var user = new Argument<string>("user") { Description = "The user's id" };
        var k = Numbers.Option("--k", "How many items", 10, 1, 1000);
        var server = Urls.Option("--server", "The Server's gRPC address", $"http://127.0.0.1:{ServerHost.DefaultGrpcPort}");
        var apiKey = ApiKeyOption.Create();
        var command = new RearmCommand(
            "recommend",
            "Ask a Server for the best items for a user.",
            new("rearm recommend ada", "the 10 best, from a Server on this machine"),
            new("rearm recommend ada --k 20 --server http://recommender:7031", "the 20 best, from another"))
        {
            user, k, server, apiKey,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var address = parsed.GetRequiredValue(server);
            using var recommender = new RecommenderClient(address, apiKey: parsed.Read(apiKey));
            try
            {
                var answer = await recommender.RecommendAsync(parsed.GetRequiredValue(user), parsed.GetValue(k), cancellation);
                Show(answer, Consoles.For(parsed.InvocationConfiguration.Output));
                return ExitCodes.Success;
            }
            catch (ServiceException e)
            {
                throw new CliException(e.Message, e);
            }
        });
        return command;
    }

    private static void Show(RecommendResponse answer, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "item", "score");
        foreach (var (index, item) in answer.Items.Index())
            table.AddRow($"{index + 1}", Markup.Escape(item.ItemId), item.Score.ToString("0.####", CultureInfo.InvariantCulture));
        console.Write(table);
        console.WriteLine(answer.Source == Source.Personal ? "Made for this user." : answer.Reason);
        if (answer.Generation is { } generation)
            console.WriteLine($"Generation {generation.Number}, {generation.Age.ToTimeSpan():d\\.hh\\:mm\\:ss} old, from events up to {generation.EventTime?.ToDateTime():u}.");
        else
            console.WriteLine("No generation has been published yet.");
    }
}

using System.CommandLine;
using System.Globalization;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Cli.Recommending;
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
        var user = new Argument<string?>("user") { Description = "The user's id", Arity = ArgumentArity.ZeroOrOne };
        var all = OutputFile.Option("--all", "Every user instead, into a file with a line of JSON each");
        var k = Numbers.Option("--k", "How many items", 10, 1, 1000);
        var categories = new Option<string[]>("--category") { Description = "Only items in one of these; may be repeated", HelpName = "name" };
        var seenTypes = new Option<string[]>("--seen-type") { Description = "Only events of these types make an item seen; may be repeated", HelpName = "name" };
        var attributes = new Option<string[]>("--attribute") { Description = "Also give this attribute of each item, e.g. title; may be repeated", HelpName = "name" };
        var explain = new Option<bool>("--explain") { Description = "Say why each item is there" };
        var server = Urls.Option("--server", "The Server's gRPC address", $"http://127.0.0.1:{ServerHost.DefaultGrpcPort}");
        var apiKey = ApiKeyOption.Create();
        var command = new RearmCommand(
            "recommend",
            "Ask a Server for the best items for a user, or for all of them.",
            new("rearm recommend ada", "the 10 best, from a Server on this machine"),
            new("rearm recommend ada --k 20 --explain --server http://recommender:7031", "the 20 best and why, from another"),
            new("rearm recommend ada --attribute title", "with the items' titles"),
            new("rearm recommend --all mailing.ndjson --k 5 --seen-type purchase", "the 5 best of every user, into a file; what was only viewed may be among them"))
        {
            user, all, k, categories, seenTypes, attributes, explain, server, apiKey,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(user) is null == result.GetValue(all) is null)
                result.AddError("A user is needed, or --all with a file; not both.");
            else if (result.GetValue(all) is not null && result.GetValue(explain))
                result.AddError("--explain goes with one user, not with --all.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            using var recommender = new RecommenderClient(parsed.GetRequiredValue(server), apiKey: parsed.Read(apiKey));
            var (count, wanted, seen) = ((uint)parsed.GetValue(k), parsed.GetValue(categories) ?? [], parsed.GetValue(seenTypes) ?? []);
            var named = parsed.GetValue(attributes) ?? [];
            var output = parsed.InvocationConfiguration.Output;
            try
            {
                if (parsed.GetValue(all) is { } file)
                    await WriteAllAsync(
                        file, recommender, new() { K = count, Categories = { wanted }, SeenTypes = { seen }, Attributes = { named } }, Consoles.For(output), cancellation);
                else
                    Show(await recommender.RecommendAsync(new RecommendRequest
                    {
                        UserId = parsed.GetValue(user),
                        K = count,
                        Categories = { wanted },
                        SeenTypes = { seen },
                        Attributes = { named },
                        Explain = parsed.GetValue(explain),
                    }, cancellation), named, Consoles.For(output));
                return ExitCodes.Success;
            }
            catch (ServiceException e)
            {
                throw CliException.From(e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CliException.From(e, $"{parsed.GetValue(all)} can't be written: {e.Message}");
            }
        });
        return command;
    }

    private static async Task WriteAllAsync(
        string file, RecommenderClient recommender, RecommendAllRequest request, IAnsiConsole console, CancellationToken cancellationToken)
    {
        // Who has touched something since the generation was trained comes in addition.
        var known = (await recommender.GetStatusAsync(cancellationToken)).Users;
        var start = TimeProvider.System.GetTimestamp();
        var users = await ProgressView.ShowAsync(console, progress => MailingFile.WriteAsync(
            file, recommender.RecommendAllAsync(request, cancellationToken), progress("Recommending", "users that the generation knows", known),
            cancellationToken));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{file}: {users:#,0} users in {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s."));
    }

    private static void Show(RecommendResponse answer, string[] attributes, IAnsiConsole console)
    {
        var explained = answer.Items.Any(item => item.Evidence.Count > 0);
        var table = new Table().Border(TableBorder.Simple).AddColumns(["", "item", .. attributes.Select(Markup.Escape), "score", .. explained ? ["because"] : (string[])[]]);
        foreach (var (index, item) in answer.Items.Index())
        {
            var score = item.Score.ToString("0.####", CultureInfo.InvariantCulture);
            string[] cells = [item.ItemId, .. attributes.Select(name => item.Attributes.GetValueOrDefault(name, "")), score, .. explained ? [Reasons.Of(item)] : (string[])[]];
            table.AddRow([$"{index + 1}", .. cells.Select(Markup.Escape)]);
        }
        console.Write(table);
        console.WriteLine(answer.Source == Source.Personal ? $"Made for this user. {answer.Reason}".TrimEnd() : answer.Reason);
        if (answer.Generation is { } generation)
            console.WriteLine($"Generation {generation.Number}, {generation.Age.ToTimeSpan():d\\.hh\\:mm\\:ss} old, from events up to {generation.EventTime?.ToDateTime():u}.");
        else
            console.WriteLine("No generation has been published yet.");
    }
}

using System.CommandLine;
using System.Globalization;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Generations;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm models experiment</c>: two generations side by side, and which of them users click.</summary>
internal static class ExperimentCommand
{
    public static RearmCommand Create() => new(
        "experiment",
        "Serve two generations side by side, each to a share of the users, and see which of them is clicked more.",
        new Example("rearm models experiment start --arm old=16 --arm new=17 --share 0.1", "a tenth of the users get generation 17"),
        new("rearm models experiment show", "which arm is better so far"))
    {
        Start(),
        Stop(),
        Command(
            "show", "Show the experiment that runs, or else the last one.", (client, _, cancellation) => client.GetExperimentAsync(cancellation),
            new("rearm models experiment show", "with its figures")),
    };

    private static RearmCommand Start()
    {
        var arms = new Option<ExperimentArm[]>("--arm")
        {
            Description = "An arm's name and its generation, NAME=GENERATION; twice: the control, which gets everybody else, and the treatment",
            HelpName = "name=generation",
            Required = true,
            CustomParser = result =>
            {
                var found = new List<ExperimentArm>();
                foreach (var token in result.Tokens)
                    if (token.Value.Split('=') is [{ Length: > 0 } name, var number]
                        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
                        found.Add(new() { Name = name, Generation = generation });
                    else
                        result.AddError($"--arm is \"{token.Value}\"; a name and the number of a generation are needed, e.g. new=17.");
                if (result.Tokens.Count != 2)
                    result.AddError($"--arm is given {result.Tokens.Count} times; 2 are needed, the control and the treatment.");
                return [.. found];
            },
        };
        var share = new Option<double>("--share") { Description = "The share of users in the treatment, above 0 and below 1", DefaultValueFactory = _ => 0.5 };
        var command = Command(
            "start", "Start an experiment: all Servers follow within a second or so, and what is published meanwhile waits.",
            (client, parsed, cancellation) =>
            {
                var given = parsed.GetRequiredValue(arms);
                return client.StartExperimentAsync(new() { Control = given[0], Treatment = given[1], Share = parsed.GetValue(share) }, cancellation);
            },
            new("rearm models experiment start --arm old=16 --arm new=17 --share 0.1", "nine of ten users get generation 16"));
        command.Add(arms);
        command.Add(share);
        return command;
    }

    private static RearmCommand Stop()
    {
        var pin = new Option<string>("--pin")
        {
            Description = "The arm whose generation everybody gets from now on",
            HelpName = "arm",
            DefaultValueFactory = _ => "",
        };
        var command = Command(
            "stop", "End the experiment: the newest generation is served, or the one pinned before, or that of an arm.",
            (client, parsed, cancellation) => client.StopExperimentAsync(parsed.GetValue(pin) ?? "", cancellation),
            new("rearm models experiment stop --pin old", "the new generation is not better"));
        command.Add(pin);
        return command;
    }

    private static RearmCommand Command(
        string name, string description, Func<GenerationsClient, ParseResult, CancellationToken, Task<ExperimentReport>> call, Example example)
    {
        var server = Urls.Option("--server", "The Server's gRPC address", $"http://127.0.0.1:{ServerHost.DefaultGrpcPort}");
        var apiKey = ApiKeyOption.Create();
        var command = new RearmCommand(name, description, example) { server, apiKey };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = new GenerationsClient(parsed.GetRequiredValue(server), apiKey: parsed.Read(apiKey));
            try
            {
                GenerationText.Show(await call(client, parsed, cancellation), Consoles.For(parsed.InvocationConfiguration.Output));
                return ExitCodes.Success;
            }
            catch (ServiceException e)
            {
                throw CliException.From(e);
            }
        });
        return command;
    }
}

using System.CommandLine;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Generations;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server;
using Rearm.Streaming.Trainer;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm models</c>: the generations kept, which of them is served, and trained models on their way to other installations.</summary>
internal static class ModelsCommand
{
    public static RearmCommand Create() => new(
        "models",
        "List the model generations that are kept, compare them, choose which is served, and carry a trained model to another installation.",
        new Example("rearm models list", "those kept, newest first"),
        new("rearm models rollback", "serve the one before, until rearm models unpin"),
        new("rearm models export shop.ckpt", "what the Trainer of this machine has learned, for another shop to start from"))
    {
        Command("list", "List the generations kept, newest first.", [], (client, _, cancellation) => client.ListAsync(cancellation), GenerationText.List, "those of a Server on this machine"),
        Show(),
        Diff(),
        Pin(),
        Command(
            "rollback", "Pin the newest generation that is older than what is served: all Servers serve it within a second or so.", [],
            (client, _, cancellation) => client.RollBackAsync(cancellation), GenerationText.List, "the new one is bad"),
        Command(
            "unpin", "Serve the newest generation again, and each newer one to come.", [],
            (client, _, cancellation) => client.UnpinAsync(cancellation), GenerationText.List, "all is well again"),
        Train(),
        Export(),
        Import(),
        ExperimentCommand.Create(),
    };

    private static RearmCommand Export()
    {
        var file = new Argument<string>("file") { Description = "The file to write" };
        var run = new Option<string>("--run")
        {
            Description = "The Trainer's checkpoint: model.ckpt of the folder in Trainer:CheckpointDirectory",
            HelpName = "file",
            DefaultValueFactory = _ => Path.Combine(new TrainerOptions().CheckpointDirectory, "model.ckpt"),
        };
        var generation = new Option<long?>("--generation")
        {
            Description = "Only if the checkpoint is of this generation's run; asks the Server",
            HelpName = "number",
        };
        var (server, apiKey) = (ServerOption(), ApiKeyOption.Create());
        var command = new RearmCommand(
            "export",
            "Write a trained model's parameters to a file, for another installation to start from: without users' ids. A generation holds vectors alone, so "
            + "they come from the Trainer's checkpoint, which is that of its newest run.",
            new Example("rearm models export shop.ckpt --generation 17", "the parameters of generation 17, or an error if a newer run has replaced them"),
            new("rearm models export shop.ckpt --run /var/lib/rearm/trainer/model.ckpt", "from a Trainer's folder"))
        {
            file, run, generation, server, apiKey,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var wanted = parsed.GetValue(generation) is { } number
                ? Find(await AskAsync(parsed.GetRequiredValue(server), parsed.Read(apiKey), client => client.ListAsync(cancellation)), number)
                : null;
            ModelTransfer.Export(parsed.GetRequiredValue(run), wanted, parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output);
            return ExitCodes.Success;
        });
        return command;
    }

    private static RearmCommand Import()
    {
        var file = new Argument<string>("file") { Description = "A file that rearm models export has written" };
        var to = new Option<string>("--to")
        {
            Description = "The folder of the Trainer that is to start from it",
            HelpName = "folder",
            DefaultValueFactory = _ => new TrainerOptions().CheckpointDirectory,
        };
        var part = new Option<string>("--part")
        {
            Description = "What of it to start from; the encoders are PMMRec's",
            DefaultValueFactory = _ => "everything",
        };
        part.AcceptOnlyFromAmong([.. ModelTransfer.Parts.Keys]);
        var command = new RearmCommand(
            "import",
            $"Check a model that was exported elsewhere, and put it into the Trainer's folder as {ModelTransfer.ImportedModel} with its hyper-parameters in "
            + $"{ModelTransfer.ImportedPreset}. The Trainer starts from it once Trainer:StartFrom says so.",
            new Example("rearm models import shop.ckpt --to data/trainer", "for the Trainer of this machine"),
            new("rearm models import shop.ckpt --part item-encoder", "what it knows of items; how users go on is learned anew"))
        {
            file, to, part,
        };
        command.SetAction(parsed =>
        {
            ModelTransfer.Import(
                parsed.GetRequiredValue(file), ModelTransfer.Parts[parsed.GetRequiredValue(part)], parsed.GetRequiredValue(to), parsed.InvocationConfiguration.Output);
            return ExitCodes.Success;
        });
        return command;
    }

    private static RearmCommand Show()
    {
        var number = Number("number", "Its number");
        return Command(
            "show", "Show all that is known of a generation.", [number], (client, _, cancellation) => client.ListAsync(cancellation),
            (answer, parsed, console) => GenerationText.Show(Find(answer, parsed.GetValue(number)), answer.Clicks, console),
            "what it was trained on, how, and how good it is", "17");
    }

    private static RearmCommand Diff()
    {
        var (one, other) = (Number("one", "The number of one"), Number("other", "The number of the other"));
        return Command(
            "diff", "Show what differs between two generations.", [one, other], (client, _, cancellation) => client.ListAsync(cancellation),
            (answer, parsed, console) => GenerationText.Diff(Find(answer, parsed.GetValue(one)), Find(answer, parsed.GetValue(other)), console), "what has changed", "16 17");
    }

    private static RearmCommand Pin()
    {
        var number = Number("number", "Its number");
        return Command(
            "pin", "Serve a generation, on all Servers, until it is unpinned. It is kept whatever its age.", [number],
            (client, parsed, cancellation) => client.PinAsync(parsed.GetValue(number), cancellation), GenerationText.List, "this one, whatever is published", "16");
    }

    private static RearmCommand Train()
    {
        var trainer = Urls.Option("--trainer", "The Trainer's gRPC address", $"http://127.0.0.1:{TrainerHost.DefaultGrpcPort}");
        var force = new Option<bool>("--force") { Description = "Publish what it, or the run under way, gives, even if it is worse than what is served" };
        var apiKey = ApiKeyOption.Create();
        var command = new RearmCommand(
            "train", "Train on the newest snapshot now, and say what the Trainer is doing.",
            new Example("rearm models train", "without waiting for its time"),
            new("rearm models train --force", "the quality gate kept a generation out that is wanted"))
        {
            trainer, force, apiKey,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = new TrainerClient(parsed.GetRequiredValue(trainer), apiKey: parsed.Read(apiKey));
            try
            {
                var status = await client.TrainAsync(parsed.GetValue(force), cancellation);
                Consoles.For(parsed.InvocationConfiguration.Output).WriteLine($"{status.State}: {status.Message}");
                return ExitCodes.Success;
            }
            catch (ServiceException e)
            {
                throw CliException.From(e);
            }
        });
        return command;
    }

    private static KeptGeneration Find(ListGenerationsResponse answer, long number) => answer.Generations.SingleOrDefault(g => g.Number == number)
        ?? throw new CliException(
            $"There is no generation {number}; kept are {string.Join(", ", answer.Generations.Select(g => g.Number))}. "
            + "rearm models list shows them.");

    private static Argument<long> Number(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (long.TryParse(result.Tokens[0].Value, out var value) && value > 0)
                return value;
            result.AddError($"{name} is \"{result.Tokens[0].Value}\"; the number of a generation is needed.");
            return 0;
        },
    };

    private static RearmCommand Command(
        string name, string description, Argument<long>[] arguments, Func<GenerationsClient, ParseResult, CancellationToken, Task<ListGenerationsResponse>> call,
        Action<ListGenerationsResponse, IAnsiConsole> show, string example, string exampleArguments = "") =>
        Command(name, description, arguments, call, (answer, _, console) => show(answer, console), example, exampleArguments);

    private static RearmCommand Command(
        string name, string description, Argument<long>[] arguments, Func<GenerationsClient, ParseResult, CancellationToken, Task<ListGenerationsResponse>> call,
        Action<ListGenerationsResponse, ParseResult, IAnsiConsole> show, string example, string exampleArguments = "")
    {
        var (server, apiKey) = (ServerOption(), ApiKeyOption.Create());
        var command = new RearmCommand(name, description, new Example($"rearm models {name} {exampleArguments}".TrimEnd(), example)) { server, apiKey };
        foreach (var argument in arguments)
            command.Add(argument);
        command.SetAction(async (parsed, cancellation) =>
        {
            var answer = await AskAsync(parsed.GetRequiredValue(server), parsed.Read(apiKey), client => call(client, parsed, cancellation));
            show(answer, parsed, Consoles.For(parsed.InvocationConfiguration.Output));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<Uri> ServerOption() => Urls.Option("--server", "The Server's gRPC address", $"http://127.0.0.1:{ServerHost.DefaultGrpcPort}");

    private static async Task<ListGenerationsResponse> AskAsync(Uri server, string? apiKey, Func<GenerationsClient, Task<ListGenerationsResponse>> call)
    {
        using var client = new GenerationsClient(server, apiKey: apiKey);
        try
        {
            return await call(client);
        }
        catch (ServiceException e)
        {
            throw CliException.From(e);
        }
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Commands;

namespace Rearm.Streaming.Cli;

/// <summary>The tree of commands, and how a command line is run.</summary>
internal static class RearmCommandLine
{
    private const string Name = "rearm";

    public static RootCommand Create()
    {
        var root = new RootCommand("Rearm.Streaming: recommendations from a stream of events.")
        {
            DemoCommand.Create(),
            IngestCommand.Create(),
            BuildGraphsCommand.Create(),
            TrainCommand.Create(),
            ServeCommand.Create(),
            BrokerCommand.Create(),
            RedisCommand.Create(),
            ReplayCommand.Create(),
            EvaluateCommand.Create(),
            TuneCommand.Create(),
            BenchCommand.Create(),
            RecommendCommand.Create(),
            ModelsCommand.Create(),
            EraseCommand.Create(),
            DlqCommand.Create(),
            KeyCommand.Create(),
            ConfigCommand.Create(),
            DoctorCommand.Create(),
        };
        root.HelpName = Name;
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new HelpWithExamples((HelpAction)option.Action!);
        return root;
    }

    /// <summary>Parses a command line; what is wrong with it is in the result's errors.</summary>
    public static ParseResult Parse(IReadOnlyList<string> args)
    {
        try
        {
            return Create().Parse(args);
        }
        catch (InvalidOperationException)
        {
            // A validator has asked for the value of an option that was given without one. Only the parser says so as an error, when no validator asks.
            var root = Create();
            RemoveValidators(root);
            var parsed = root.Parse(args);
            if (parsed.Errors.Count == 0)
                throw;
            return parsed;
        }
    }

    /// <summary>Parses and runs a command line. Every failure becomes one message on standard error and an exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, InvocationConfiguration? configuration = null)
    {
        configuration ??= new InvocationConfiguration();
        configuration.EnableDefaultExceptionHandler = false;
        // Ctrl-C and SIGTERM cancel the command's token; services then drain, for a minute at most, and have 30 s to stop.
        configuration.ProcessTerminationTimeout = TimeSpan.FromMinutes(2);

        var parsed = Parse(args);
        if (parsed.Action is ParseErrorAction errors)
        {
            errors.ShowHelp = args.Count == 0;
            await parsed.InvokeAsync(configuration);
            if (args.Count > 0)
                await configuration.Error.WriteLineAsync($"Try: {PathOf(parsed.CommandResult.Command)} --help");
            return ExitCodes.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (CliException e)
        {
            await configuration.Error.WriteLineAsync($"{Name}: {e.Message}");
            return ExitCodes.Failure;
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            await configuration.Error.WriteLineAsync($"{Name}: interrupted");
            return ExitCodes.Interrupted;
        }
        catch (Exception e)
        {
            // Unexpected: the stack trace helps to find the cause.
            await configuration.Error.WriteLineAsync($"{Name}: {e.Message}\n{e}");
            return ExitCodes.Failure;
        }
    }

    private static void RemoveValidators(Command command)
    {
        command.Validators.Clear();
        foreach (var option in command.Options)
            option.Validators.Clear();
        foreach (var subcommand in command.Subcommands)
            RemoveValidators(subcommand);
    }

    private static string PathOf(Command command) => command is RootCommand ? Name : $"{PathOf(command.Parents.OfType<Command>().Single())} {command.Name}";
}

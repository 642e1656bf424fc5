using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>The usual help, then the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is RearmCommand command)
        {
            output.WriteLine("Examples:");
            foreach (var example in command.Examples)
            {
                output.WriteLine($"  # {example.Meaning}");
                output.WriteLine($"  {example.Line}");
            }
        }
        else
        {
            output.WriteLine("Exit codes:");
            output.WriteLine($"  {ExitCodes.Success}    done");
            output.WriteLine($"  {ExitCodes.Failure}    failed; standard error says why");
            output.WriteLine($"  {ExitCodes.Usage}    not attempted: unknown flag, bad value, or a configuration that a service refuses");
            output.WriteLine($"  {ExitCodes.Incomplete}    done in part; the output says what is left, and running it again goes on");
            output.WriteLine($"  {ExitCodes.Interrupted}  interrupted before it was done");
        }
        return ExitCodes.Success;
    }
}

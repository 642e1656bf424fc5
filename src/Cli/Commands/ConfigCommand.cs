using System.CommandLine;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Configuration;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm config</c>: what can be configured.</summary>
internal static class ConfigCommand
{
    public static RearmCommand Create()
    {
        var service = new Argument<string>("service")
        {
            Description = "Print this service's appsettings.json instead of the reference",
            Arity = ArgumentArity.ZeroOrOne,
        };
        service.AcceptOnlyFromAmong([.. ServiceConfiguration.All.Select(s => s.Name)]);
        var command = new RearmCommand(
            "config",
            "Print every option of the services, with its default and meaning.",
            new("rearm config", "the reference, as Markdown"),
            new("rearm config ingestor", "its appsettings.json, with every option commented out"))
        {
            service,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var text = parsed.GetValue(service) is { } name
                ? AppSettingsTemplate.Write(ServiceConfiguration.All.Single(s => s.Name == name))
                : ConfigurationReference.Write();
            await parsed.InvocationConfiguration.Output.WriteAsync(text.AsMemory(), cancellation);
            return ExitCodes.Success;
        });
        return command;
    }
}

using System.CommandLine;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>The option of commands that call a service which may ask for an API key.</summary>
internal static class ApiKeyOption
{
    private const string Variable = "REARM_API_KEY";

    public static Option<string> Create() => new("--api-key")
    {
        Description = $"The API key to show to the service; default: the environment variable {Variable}, which other users of the machine can't read",
        HelpName = "key",
    };

    /// <summary>The key of a command line or of the environment; null if neither has one.</summary>
    public static string? Read(this ParseResult parsed, Option<string> option) =>
        parsed.GetValue(option) ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } key ? key : null);
}

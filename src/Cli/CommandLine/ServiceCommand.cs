using System.CommandLine;
using System.Text.RegularExpressions;
using Rearm.Streaming.ServiceDefaults;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>A command that runs one service, configured like the service on its own: appsettings.json, environment, flags.</summary>
internal static partial class ServiceCommand
{
    /// <summary>Adds the short flags, accepts any <c>--Section:Name=value</c> as well, and runs the service until it is stopped.</summary>
    public static RearmCommand Runs(this RearmCommand command, Func<string[], WebApplication> build, params SettingOption[] options)
    {
        foreach (var option in options)
            command.Add(option);
        var settings = new Argument<string[]>("settings")
        {
            HelpName = "settings",
            Description = "Any settings of the service, as --Section:Name=value (rearm config lists them)",
            Arity = ArgumentArity.ZeroOrMore,
        };
        settings.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (!SettingPattern().IsMatch(token.Value))
                    result.AddError($"Unrecognized argument '{token.Value}'. Flags are listed by --help; settings look like --Section:Name=value.");
        });
        command.Add(settings);
        command.SetAction((parsed, cancellation) => build(Settings(parsed, options, settings)).RunServiceAsync(cancellation));
        return command;
    }

    /// <summary>The service's own arguments. Settings come after the short flags, and so override them.</summary>
    internal static string[] Settings(ParseResult parsed, IEnumerable<SettingOption> options, Argument<string[]> settings) =>
    [
        .. from option in options
           let value = parsed.GetValue(option)
           where value is not null
           select $"--{option.Setting}={value}",
        .. parsed.GetValue(settings) ?? [],
    ];

    [GeneratedRegex("^--[A-Za-z]+(:[A-Za-z0-9_.-]+)+=")]
    private static partial Regex SettingPattern();
}

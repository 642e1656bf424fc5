using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>Options that take a number and check its range.</summary>
internal static class Numbers
{
    /// <summary>An option with a default.</summary>
    public static Option<T> Option<T>(string name, string description, T @default, T min, T max) where T : struct, INumber<T> =>
        new(name)
        {
            Description = $"{description}; {min} to {max}",
            HelpName = "number",
            DefaultValueFactory = _ => @default,
            CustomParser = result => Parse(result, name, min, max),
        };

    /// <summary>An option without a default.</summary>
    public static Option<T?> Optional<T>(string name, string description, T min, T max) where T : struct, INumber<T> =>
        new(name)
        {
            Description = $"{description}; {min} to {max}",
            HelpName = "number",
            CustomParser = result => Parse(result, name, min, max),
        };

    private static T Parse<T>(ArgumentResult result, string name, T min, T max) where T : struct, INumber<T>
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        result.AddError($"{name} is \"{text}\"; a number from {min} to {max} is needed.");
        return default;
    }
}

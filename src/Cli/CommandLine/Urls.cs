using System.CommandLine;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>Options that take the address of a service.</summary>
internal static class Urls
{
    public static Option<Uri> Option(string name, string description, string @default) =>
        new(name)
        {
            Description = description,
            HelpName = "url",
            DefaultValueFactory = _ => new Uri(@default),
            CustomParser = result =>
            {
                var text = result.Tokens is [var token] ? token.Value : "";
                if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                    return url;
                result.AddError($"{name} is \"{text}\"; an address such as {@default} is needed.");
                return null;
            },
        };
}

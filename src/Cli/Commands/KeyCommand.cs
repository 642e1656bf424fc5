using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.ServiceDefaults.Access;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm key</c>: API keys.</summary>
internal static class KeyCommand
{
    // As many as the hash has; nobody guesses one of them.
    private const int SecretBytes = 32;

    public static RearmCommand Create() => new(
        "key",
        "Make API keys for the services.",
        new Example("rearm key new shop", "a key for whoever sends the shop's events, and the hash to configure"))
    {
        New(),
    };

    private static RearmCommand New()
    {
        var name = new Argument<string>("name") { Description = "Who will have the key" };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (token.Value.Length is 0 or > 64 || !token.Value.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')))
                result.AddError($"The name is \"{token.Value}\"; 1 to 64 of a-z, A-Z, 0-9 and '_' are needed.");
        });
        var isOperator = new Option<bool>("--operator") { Description = "It may also erase users, delete items, publish snapshots and train" };
        var rate = Numbers.Option("--events-per-second", "Events that it may send per second; 0 for no limit", 0, 0, int.MaxValue);
        var calls = Numbers.Option("--calls-per-second", "Calls for answers that it may make of a Server per second; 0 for no limit", 0, 0, int.MaxValue);
        var command = new RearmCommand(
            "new",
            "Make a key. It is printed once and kept nowhere: the services know only its hash.",
            new("rearm key new shop --events-per-second 500 --calls-per-second 200", "with limits"),
            new("rearm key new ops --operator", "for operators"))
        {
            name, isOperator, rate, calls,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var text = Text(parsed.GetRequiredValue(name), parsed.GetValue(isOperator), parsed.GetValue(rate), parsed.GetValue(calls));
            await parsed.InvocationConfiguration.Output.WriteAsync(text.AsMemory(), cancellation);
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Text(string name, bool isOperator, int rate, int calls)
    {
        var key = $"rearm_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)).Replace('+', '-').Replace('/', '_').TrimEnd('=')}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        var settings = new List<(string Name, string Value, string Json)> { (nameof(AccessKeyOptions.Hash), hash, $"\"{hash}\"") };
        if (isOperator)
            settings.Add((nameof(AccessKeyOptions.Operator), "true", "true"));
        if (rate > 0)
            settings.Add((nameof(AccessKeyOptions.EventsPerSecond), $"{rate}", $"{rate}"));
        if (calls > 0)
            settings.Add((nameof(AccessKeyOptions.CallsPerSecond), $"{calls}", $"{calls}"));
        var path = $"{AccessOptions.Section}__{nameof(AccessOptions.Keys)}__{name}";
        var lines = settings.Select(s => $"  {path}__{s.Name}={s.Value}");
        var json = $"{{\"{AccessOptions.Section}\": {{\"{nameof(AccessOptions.Keys)}\": {{\"{name}\": {{{string.Join(", ", settings.Select(s => $"\"{s.Name}\": {s.Json}"))}}}}}}}}}";
        return $"""
            The key, for {name} alone; it can't be shown again:
              {key}
            For the environment of each service that {name} calls:
            {string.Join('\n', lines)}
            or for the file that {AccessOptions.Section}:{nameof(AccessOptions.KeyFile)} names, which acts without a restart:
              {json}

            """;
    }
}

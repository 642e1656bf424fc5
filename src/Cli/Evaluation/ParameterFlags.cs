namespace Rearm.Streaming.Cli.Evaluation;

/// <summary>Hyper-parameters from the command line, as NAME=VALUE.</summary>
internal static class ParameterFlags
{
    /// <summary>By name.</summary>
    /// <exception cref="ArgumentException">One is no pair, or a name comes twice.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string[]? flags)
    {
        var parameters = new Dictionary<string, string>();
        foreach (var flag in flags ?? [])
            if (flag.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, { Length: > 0 } value])
                throw new ArgumentException($"--set is \"{flag}\"; NAME=VALUE is needed, e.g. factors=128.");
            else if (!parameters.TryAdd(name, value))
                throw new ArgumentException($"--set gives {name} twice.");
        return parameters;
    }
}

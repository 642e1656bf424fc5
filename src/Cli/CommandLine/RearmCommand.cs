using System.CommandLine;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class RearmCommand(string name, string description, params Example[] examples) : Command(name, description)
{
    public IReadOnlyList<Example> Examples { get; } = examples;
}

/// <summary>One line to copy, and what it does.</summary>
/// <param name="Line">The whole command, starting with "rearm".</param>
/// <param name="Meaning">In a few words.</param>
internal sealed record Example(string Line, string Meaning);

using System.CommandLine;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class RearmCommand(string name, string description, params Example[] examples) : Command(name, description)
{
    public IReadOnlyList<Example> Examples { get; } = examples;
}

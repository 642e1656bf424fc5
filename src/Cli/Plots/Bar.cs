namespace Rearm.Streaming.Cli.Plots;

/// <summary>A bar of a plot.</summary>
/// <param name="Group">Bars of a group stand side by side, with its name below them.</param>
/// <param name="Name">As the legend has it; bars of the same name have the same colour.</param>
/// <param name="Value">How high it is; one that is not a finite number is left out.</param>
internal sealed record Bar(string Group, string Name, double Value);

namespace Rearm.Streaming.Cli.Plots;

/// <summary>Bars that share a vertical axis.</summary>
/// <param name="Label">Of the vertical axis.</param>
/// <param name="Bars">Groups and names in the order in which they come first.</param>
internal sealed record BarPanel(string Label, IReadOnlyList<Bar> Bars);

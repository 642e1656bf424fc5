namespace Rearm.Streaming.Cli.Plots;

/// <summary>Lines that share a vertical axis.</summary>
/// <param name="Label">Of the vertical axis.</param>
/// <param name="Lines">The first is drawn first.</param>
internal sealed record LinePanel(string Label, IReadOnlyList<Line> Lines);

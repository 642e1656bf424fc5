namespace Rearm.Streaming.Cli.Plots;

/// <summary>A line of a plot.</summary>
/// <param name="Name">As the legend has it.</param>
/// <param name="Points">By rising X. The line is interrupted where Y is not finite.</param>
internal sealed record Line(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>What is to be said of each point: then they are dots without a line between them. Null: a line.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

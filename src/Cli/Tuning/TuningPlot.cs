using System.Globalization;
using Rearm.Streaming.Cli.Plots;

namespace Rearm.Streaming.Cli.Tuning;

/// <summary>A search as a picture: each trial's validation recall in each round.</summary>
internal static class TuningPlot
{
    /// <summary>The plot.</summary>
    /// <param name="title">Above it.</param>
    /// <param name="results">At least one of them measured.</param>
    public static LinePlot Draw(string title, IReadOnlyCollection<TrialResult> results)
    {
        var measured = results.Where(result => result.Recall is not null).OrderBy(result => result.Trial).ToList();
        var best = measured.OrderByDescending(result => result.Recall).ThenBy(result => result.Trial).First();
        return new(title, "trial; 0 is the model as it is", [new("validation recall@20",
        [
            .. measured.GroupBy(result => result.Rung).OrderBy(rung => rung.Key).Select(rung => Dots($"round {rung.Key}", [.. rung])),
            new("best", [(best.Trial, best.Recall!.Value)]),
        ])])
        {
            WholeX = true,
        };
    }

    private static Line Dots(string name, IReadOnlyList<TrialResult> results) =>
        new(name, [.. results.Select(result => ((double)result.Trial, result.Recall!.Value))])
        {
            Notes = [.. results.Select(result => string.Create(
                CultureInfo.InvariantCulture, $"trial {result.Trial}, {result.Epochs} epochs: {result.Recall:0.0000}, {TuningReport.Difference(result)}"))],
        };
}

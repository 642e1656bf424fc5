using System.Globalization;
using System.Xml.Linq;

namespace Rearm.Streaming.Cli.Tuning;

/// <summary>A search as a picture: each trial's validation recall in each round, darker where it has had more epochs.</summary>
internal static class TuningPlot
{
    private const int Width = 760;
    private const int Height = 400;
    private const int Left = 82;
    private const int Right = 740;
    private const int Top = 40;
    private const int Bottom = 350;
    private const int Ticks = 4;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The picture as SVG.</summary>
    /// <param name="title">Above it.</param>
    /// <param name="results">At least one of them measured.</param>
    /// <param name="rungs">Number of rounds.</param>
    public static string Draw(string title, IReadOnlyCollection<TrialResult> results, int rungs)
    {
        var measured = results.Where(r => r.Recall is not null).OrderBy(r => r.Rung).ToList();
        double high = measured.Max(r => r.Recall!.Value), low = measured.Min(r => r.Recall!.Value);
        if (high == low)
            (low, high) = (low - 0.01, high + 0.01);
        var last = Math.Max(1, results.Max(r => r.Trial));
        var svg = new XElement(Svg + "svg", At("viewBox", $"0 0 {Width} {Height}"), At("font-family", "sans-serif"), At("font-size", "12"));
        svg.Add(new XElement(Svg + "rect", At("width", Width), At("height", Height), At("fill", "white")));
        svg.Add(Text(Left, 22, "start", title));
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var recall = low + (high - low) * tick / Ticks;
            svg.Add(new XElement(Svg + "line", At("x1", Left), At("x2", Right), At("y1", Y(recall)), At("y2", Y(recall)), At("stroke", "#ddd")));
            svg.Add(Text(Left - 12, Y(recall) + 4, "end", recall.ToString("0.0000", CultureInfo.InvariantCulture)));
        }
        foreach (var result in measured)
            svg.Add(Dot(result, 5, At("fill", "#1f5fa8"), At("fill-opacity", 0.25 + 0.75 * result.Rung / rungs)));
        svg.Add(Dot(measured.OrderByDescending(r => r.Recall).ThenBy(r => r.Trial).First(), 8, At("fill", "none"), At("stroke", "#c0392b"), At("stroke-width", 2)));
        svg.Add(Text((Left + Right) / 2, Height - 14, "middle", $"validation recall@20 of trials 0 to {last}; 0 is the model as it is, the ring is the best"));
        return svg.ToString() + '\n';

        XElement Dot(TrialResult result, int radius, params XAttribute[] look) => new(
            Svg + "circle", At("cx", X(result.Trial)), At("cy", Y(result.Recall!.Value)), At("r", radius), look,
            new XElement(Svg + "title", string.Create(
                CultureInfo.InvariantCulture, $"trial {result.Trial}, {result.Epochs} epochs: {result.Recall:0.0000}, {TuningReport.Difference(result)}")));
        double X(int trial) => Math.Round(Left + 8 + (Right - Left - 16.0) * trial / last, 1);
        double Y(double recall) => Math.Round(Bottom - (Bottom - Top) * (recall - low) / (high - low), 1);
    }

    private static XElement Text(double x, double y, string anchor, string text) =>
        new(Svg + "text", At("x", x), At("y", y), At("text-anchor", anchor), text);

    // XAttribute writes numbers with a point, whatever the culture.
    private static XAttribute At(string name, object value) => new(name, value);
}

using System.Globalization;
using System.Xml.Linq;

namespace Rearm.Streaming.Cli.Plots;

/// <summary>
/// Panels of lines over a common horizontal axis, as SVG. Nothing is filled behind it, and its colours can be read on white and on black.
/// </summary>
/// <param name="Title">Above the panels.</param>
/// <param name="XLabel">Of the horizontal axis.</param>
/// <param name="Panels">From top to bottom.</param>
internal sealed record LinePlot(string Title, string XLabel, IReadOnlyList<LinePanel> Panels)
{
    private const int Width = 720;
    private const int PanelHeight = 200;
    private const int Left = 80;
    private const int Right = 150;
    private const int Top = 44;
    private const int Gap = 28;
    private const int Bottom = 48;
    private const int Inner = Width - Left - Right;
    private const string Ink = "#808080";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly string[] Colours = ["#2f86d6", "#e0701d", "#3a9d5d", "#c2489a", "#9a7d0a", "#7a6ad8", "#d0454c", "#148f99"];

    /// <summary>Ticks of the horizontal axis are whole numbers, as epochs are.</summary>
    public bool WholeX { get; init; }

    /// <summary>The plot as an SVG document.</summary>
    public string ToSvg()
    {
        var height = Top + Panels.Count * (PanelHeight + Gap) - Gap + Bottom;
        var xs = Axis.For(Panels.SelectMany(panel => panel.Lines).SelectMany(line => line.Points).Select(point => point.X), 8, WholeX);
        var root = new XElement(Svg + "svg",
            new XAttribute("viewBox", $"0 0 {Width} {height}"), new XAttribute("width", Width), new XAttribute("height", height),
            new XAttribute("font-family", "sans-serif"), new XAttribute("font-size", 12), new XAttribute("fill", Ink),
            new XElement(Svg + "title", Title),
            Text(Left + Inner / 2, Top - 20, "middle", Title, new XAttribute("font-size", 15)));
        for (var p = 0; p < Panels.Count; p++)
            root.Add(Panel(Panels[p], Top + p * (PanelHeight + Gap), xs, withLabels: p == Panels.Count - 1));
        root.Add(Text(Left + Inner / 2, height - 10, "middle", XLabel));
        return root.ToString();
    }

    private static IEnumerable<XElement> Panel(LinePanel panel, int top, Axis xs, bool withLabels)
    {
        var ys = Axis.For(panel.Lines.SelectMany(line => line.Points).Select(point => point.Y), 5);
        double X(double value) => Left + Inner * xs.Share(value);
        double Y(double value) => top + PanelHeight * (1 - ys.Share(value));
        foreach (var tick in ys.Ticks)
        {
            yield return Rule(Left, Y(tick), Left + Inner, Y(tick));
            yield return Text(Left - 8, Y(tick) + 4, "end", ys.Text(tick));
        }
        foreach (var tick in xs.Ticks)
        {
            yield return Rule(X(tick), top, X(tick), top + PanelHeight);
            if (withLabels)
                yield return Text(X(tick), top + PanelHeight + 16, "middle", xs.Text(tick));
        }
        yield return Text(0, 0, "middle", panel.Label, new XAttribute("transform", $"translate(16 {top + PanelHeight / 2}) rotate(-90)"));
        for (var n = 0; n < panel.Lines.Count; n++)
        {
            var (colour, row) = (Colours[n % Colours.Length], top + 12 + 18 * n);
            foreach (var stretch in Stretches(panel.Lines[n].Points))
                yield return Curve([.. stretch.Select(point => (X(point.X), Y(point.Y)))], colour);
            yield return Curve([(Left + Inner + 12, row - 4), (Left + Inner + 32, row - 4)], colour);
            yield return Text(Left + Inner + 38, row, "start", panel.Lines[n].Name);
        }
    }

    /// <summary>The parts of a line without a gap.</summary>
    private static List<List<(double X, double Y)>> Stretches(IReadOnlyList<(double X, double Y)> points)
    {
        var stretches = new List<List<(double, double)>>();
        var open = false;
        foreach (var point in points)
        {
            var drawn = double.IsFinite(point.X) && double.IsFinite(point.Y);
            if (drawn && !open)
                stretches.Add([]);
            if (drawn)
                stretches[^1].Add(point);
            open = drawn;
        }
        return stretches;
    }

    // A point alone has no line, so it gets a dot.
    private static XElement Curve((double X, double Y)[] points, string colour) => points is [var (x, y)]
        ? new(Svg + "circle", At("cx", x), At("cy", y), new XAttribute("r", 3), new XAttribute("fill", colour))
        : new(Svg + "polyline", new XAttribute("points", string.Join(' ', points.Select(point => $"{Number(point.X)},{Number(point.Y)}"))),
            new XAttribute("fill", "none"), new XAttribute("stroke", colour), new XAttribute("stroke-width", 2), new XAttribute("stroke-linejoin", "round"));

    private static XElement Rule(double x1, double y1, double x2, double y2) => new(
        Svg + "line", At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2), new XAttribute("stroke", Ink), new XAttribute("stroke-opacity", 0.3));

    private static XElement Text(double x, double y, string anchor, string text, params XAttribute[] more) =>
        new(Svg + "text", At("x", x), At("y", y), new XAttribute("text-anchor", anchor), more, text);

    private static XAttribute At(string name, double value) => new(name, Number(value));

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

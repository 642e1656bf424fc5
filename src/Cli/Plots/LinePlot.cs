using System.Xml.Linq;
using static Rearm.Streaming.Cli.Plots.SvgElements;

namespace Rearm.Streaming.Cli.Plots;

/// <summary>Panels of lines over a common horizontal axis, as SVG.</summary>
/// <param name="Title">Above the panels.</param>
/// <param name="XLabel">Of the horizontal axis.</param>
/// <param name="Panels">From top to bottom.</param>
internal sealed record LinePlot(string Title, string XLabel, IReadOnlyList<LinePanel> Panels)
{
    private const int Bottom = 48;

    /// <summary>Ticks of the horizontal axis are whole numbers, as epochs are.</summary>
    public bool WholeX { get; init; }

    /// <summary>The plot as an SVG document.</summary>
    public string ToSvg()
    {
        var height = Top + Panels.Count * (PanelHeight + Gap) - Gap + Bottom;
        var xs = Axis.For(Panels.SelectMany(panel => panel.Lines).SelectMany(line => line.Points).Select(point => point.X), 8, WholeX);
        var root = Root(Title, Describe(), height);
        for (var p = 0; p < Panels.Count; p++)
            root.Add(Panel(Panels[p], Top + p * (PanelHeight + Gap), xs, withLabels: p == Panels.Count - 1));
        root.Add(Text(Left + Inner / 2, height - 10, "middle", XLabel));
        return root.ToString();
    }

    private string Describe() => string.Join(" ", Panels.SelectMany(panel => panel.Lines.Select(line => $"{panel.Label}, {line.Name}: {Describe(line)}.")));

    private string Describe(Line line)
    {
        var drawn = line.Points.Where(point => double.IsFinite(point.Y)).ToList();
        return drawn switch
        {
            [] => "nothing",
            [var (x, y)] => $"{Value(y)} at {XLabel} {Value(x)}",
            [var (x, y), .., var (lastX, lastY)] => $"{Value(y)} at {XLabel} {Value(x)}, {Value(lastY)} at {Value(lastX)}",
        };
    }

    private static IEnumerable<XElement> Panel(LinePanel panel, int top, Axis xs, bool withLabels)
    {
        var ys = Axis.For(panel.Lines.SelectMany(line => line.Points).Select(point => point.Y), 5);
        double X(double value) => Left + Inner * xs.Share(value);
        double Y(double value) => top + PanelHeight * (1 - ys.Share(value));
        foreach (var element in VerticalAxis(ys, panel.Label, top))
            yield return element;
        foreach (var tick in xs.Ticks)
        {
            yield return Rule(X(tick), top, X(tick), top + PanelHeight);
            if (withLabels)
                yield return Text(X(tick), top + PanelHeight + 16, "middle", xs.Text(tick));
        }
        for (var n = 0; n < panel.Lines.Count; n++)
        {
            var (line, colour, row) = (panel.Lines[n], Colour(n), top + 12 + 18 * n);
            if (line.Notes is { } notes)
                foreach (var (point, note) in line.Points.Zip(notes).Where(p => double.IsFinite(p.First.Y)))
                    yield return Dot(X(point.X), Y(point.Y), 5, colour, new XElement(Svg + "title", note));
            else
                foreach (var stretch in Stretches(line.Points))
                    yield return Curve([.. stretch.Select(point => (X(point.X), Y(point.Y)))], colour);
            yield return line.Notes is null
                ? Curve([(Left + Inner + 12, row - 4), (Left + Inner + 32, row - 4)], colour)
                : Dot(Left + Inner + 22, row - 4, 5, colour);
            yield return Text(Left + Inner + 38, row, "start", line.Name);
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
        ? Dot(x, y, 3, colour)
        : new(Svg + "polyline", new XAttribute("points", string.Join(' ', points.Select(point => $"{Number(point.X)},{Number(point.Y)}"))),
            new XAttribute("fill", "none"), new XAttribute("stroke", colour), new XAttribute("stroke-width", 2), new XAttribute("stroke-linejoin", "round"));

    private static XElement Dot(double x, double y, double radius, string colour, XElement? note = null) =>
        new(Svg + "circle", At("cx", x), At("cy", y), At("r", radius), new XAttribute("fill", colour), note);
}

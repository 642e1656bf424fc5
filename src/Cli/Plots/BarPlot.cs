using System.Xml.Linq;
using static Rearm.Streaming.Cli.Plots.SvgElements;

namespace Rearm.Streaming.Cli.Plots;

/// <summary>Panels of bars from zero in groups, each with its value above it, as SVG.</summary>
/// <param name="Title">Above the panels.</param>
/// <param name="XLabel">What the groups are.</param>
/// <param name="Panels">From top to bottom.</param>
internal sealed record BarPlot(string Title, string XLabel, IReadOnlyList<BarPanel> Panels)
{
    // Room for the groups' names, which stand aslant where they are many.
    private const int NamesHeight = 56;
    private const int Bottom = 28;
    private const int MostLevel = 6;
    private const double Filled = 0.8;

    /// <summary>The plot as an SVG document.</summary>
    public string ToSvg()
    {
        var height = Top + Panels.Count * (PanelHeight + NamesHeight) + Bottom;
        var root = Root(Title, Describe(), height);
        for (var p = 0; p < Panels.Count; p++)
            root.Add(Panel(Panels[p], Top + p * (PanelHeight + NamesHeight)));
        root.Add(Text(Left + Inner / 2, height - 10, "middle", XLabel));
        return root.ToString();
    }

    private string Describe() => string.Join(" ", Panels.Select(panel =>
        $"{panel.Label}: {string.Join(", ", panel.Bars.Where(IsDrawn).Select(bar => $"{bar.Group} {bar.Name} {Value(bar.Value)}"))}."));

    private static bool IsDrawn(Bar bar) => double.IsFinite(bar.Value);

    private static IEnumerable<XElement> Panel(BarPanel panel, int top)
    {
        string[] groups = [.. panel.Bars.Select(bar => bar.Group).Distinct()];
        string[] names = [.. panel.Bars.Select(bar => bar.Name).Distinct()];
        var ys = Axis.For(panel.Bars.Where(IsDrawn).Select(bar => bar.Value).Append(0), 5);
        double Y(double value) => top + PanelHeight * (1 - ys.Share(value));
        foreach (var element in VerticalAxis(ys, panel.Label, top))
            yield return element;
        var (room, thickness) = ((double)Inner / Math.Max(1, groups.Length), Filled * Inner / Math.Max(1, groups.Length * names.Length));
        double Middle(int group) => Left + room * (group + 0.5);
        foreach (var bar in panel.Bars.Where(IsDrawn))
        {
            var (group, name) = (Array.IndexOf(groups, bar.Group), Array.IndexOf(names, bar.Name));
            var x = Middle(group) + thickness * (name - names.Length / 2.0);
            var (high, low) = (Math.Min(Y(bar.Value), Y(0)), Math.Max(Y(bar.Value), Y(0)));
            yield return new(Svg + "rect",
                At("x", x), At("y", high), At("width", thickness), At("height", low - high), new XAttribute("fill", Colour(name)),
                new XElement(Svg + "title", $"{bar.Group}, {bar.Name}: {Value(bar.Value)}"));
            yield return Text(x + thickness / 2, high - 4, "middle", Value(bar.Value), new XAttribute("font-size", thickness < 40 ? 9 : 11));
        }
        for (var group = 0; group < groups.Length; group++)
            yield return groups.Length <= MostLevel
                ? Text(Middle(group), top + PanelHeight + 16, "middle", groups[group])
                : Text(0, 0, "end", groups[group], new XAttribute("transform", $"translate({Number(Middle(group))} {top + PanelHeight + 14}) rotate(-30)"));
        for (var name = 0; name < names.Length; name++)
        {
            yield return new(Svg + "rect",
                At("x", Left + Inner + 12), At("y", top + 4 + 18 * name), At("width", 20), At("height", 8), new XAttribute("fill", Colour(name)));
            yield return Text(Left + Inner + 38, top + 12 + 18 * name, "start", names[name]);
        }
    }
}

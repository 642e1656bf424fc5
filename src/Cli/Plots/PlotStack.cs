using System.Xml.Linq;
using static Rearm.Streaming.Cli.Plots.SvgElements;

namespace Rearm.Streaming.Cli.Plots;

/// <summary>Several plots in one file, one below the other.</summary>
internal static class PlotStack
{
    /// <summary>The plots as one SVG document; each keeps its own title and text.</summary>
    /// <param name="plots">SVG documents of plots.</param>
    public static string Of(params IReadOnlyList<string> plots)
    {
        if (plots is [var only])
            return only;
        var root = new XElement(Svg + "svg");
        var top = 0;
        foreach (var plot in plots.Select(XElement.Parse))
        {
            plot.Add(new XAttribute("y", top));
            root.Add(plot);
            top += (int)plot.Attribute("height")!;
        }
        root.Add(new XAttribute("viewBox", $"0 0 {Width} {top}"), new XAttribute("width", Width), new XAttribute("height", top));
        return root.ToString();
    }
}

using System.Xml.Linq;
using Rearm.Streaming.Cli.Plots;

namespace Rearm.Streaming.Cli.UnitTests.Plots;

public class PlotStackTests
{
    private static readonly string Bars = new BarPlot("Bars", "x", [new("ms", [new("a", "p50", 2)])]).ToSvg();
    private static readonly string Lines = new LinePlot("Lines", "x", [new("ms", [new("p50", [(1, 2), (2, 3)])])]).ToSvg();

    [Fact]
    public void Of_TwoPlots_StandOneBelowTheOther()
    {
        var root = XElement.Parse(PlotStack.Of(Lines, Bars));

        var plots = root.Elements().ToArray();
        Assert.Equal(["Lines", "Bars"], plots.Select(plot => plot.Elements().First(e => e.Name.LocalName == "title").Value));
        Assert.Equal((0, Height(plots[0])), ((int)plots[0].Attribute("y")!, (int)plots[1].Attribute("y")!));
        Assert.Equal(plots.Sum(Height), Height(root));
    }

    [Fact]
    public void Of_OnePlot_IsThatPlot() => Assert.Equal(Bars, PlotStack.Of(Bars));

    private static int Height(XElement svg) => (int)svg.Attribute("height")!;
}

using System.Globalization;
using System.Xml.Linq;
using Rearm.Streaming.Cli.Plots;

namespace Rearm.Streaming.Cli.UnitTests.Plots;

public class BarPlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void ToSvg_TwoPanels_HasTitleLabelsGroupsLegendAndValues()
    {
        var svg = Draw(
            new BarPanel("recall", [new("ials", "recall@20", 0.0891), new("<rearm>", "recall@20", 0.1055)]),
            new BarPanel("seconds", [new("ials", "s", 12_345)]));

        string[] texts = [.. svg.Descendants(Svg + "text").Select(t => t.Value)];
        foreach (var text in (string[])["Models & \"more\"", "model", "recall", "seconds", "ials", "<rearm>", "recall@20", "0.0891", "0.1055", "12,345", "s"])
            Assert.Contains(text, texts);
        Assert.Equal(
            "recall: ials recall@20 0.0891, <rearm> recall@20 0.1055. seconds: ials s 12,345.", svg.Element(Svg + "desc")!.Value);
    }

    [Fact]
    public void ToSvg_Bars_AreAsHighAsTheirValuesAndStandOnOneLine()
    {
        var bars = Bars(Draw(new BarPanel("ms", [new("a", "p50", 2), new("a", "p99", 8), new("b", "p50", 4)])));

        Assert.Equal(2, bars[1].Height / bars[2].Height, 2);
        Assert.Equal(4, bars[1].Height / bars[0].Height, 2);
        Assert.Single(bars.Select(bar => Math.Round(bar.Y + bar.Height, 1)).Distinct());
        // Side by side in their group, and no two in one place.
        Assert.True(bars[0].X + bars[0].Width <= bars[1].X + 0.02 && bars[1].X + bars[1].Width <= bars[2].X);
    }

    [Fact]
    public void ToSvg_BelowZero_HangsFromTheLine()
    {
        var bars = Bars(Draw(new BarPanel("difference", [new("a", "d", 3), new("b", "d", -1)])));

        Assert.Equal(bars[0].Y + bars[0].Height, bars[1].Y, 1);
        Assert.Equal(3, bars[0].Height / bars[1].Height, 1);
    }

    [Fact]
    public void ToSvg_NotANumberOrNothing_LeavesTheBarOut()
    {
        foreach (var svg in (XElement[])[Draw(), Draw(new BarPanel("ms", [])), Draw(new BarPanel("ms", [new("a", "p50", double.NaN)]))])
        {
            Assert.Empty(Bars(svg));
            Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ToSvg_ManyGroups_NamesStandAslant()
    {
        var svg = Draw(new BarPanel("recall", [.. Enumerable.Range(0, 9).Select(n => new Bar($"model-{n}", "recall@20", n + 1))]));

        Assert.Equal(9, svg.Descendants(Svg + "text").Count(t => ((string?)t.Attribute("transform") ?? "").Contains("rotate(-30)", StringComparison.Ordinal)));
    }

    private static XElement Draw(params BarPanel[] panels) =>
        XDocument.Parse(new BarPlot("Models & \"more\"", "model", panels).ToSvg()).Root!;

    // Those of the legend have no note.
    private static (double X, double Y, double Width, double Height)[] Bars(XElement svg) => [.. svg.Descendants(Svg + "rect").Where(r => r.Elements().Any())
        .Select(r => (Of(r, "x"), Of(r, "y"), Of(r, "width"), Of(r, "height")))];

    private static double Of(XElement bar, string name) => double.Parse((string)bar.Attribute(name)!, CultureInfo.InvariantCulture);
}

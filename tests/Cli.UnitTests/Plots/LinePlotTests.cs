using System.Globalization;
using System.Xml.Linq;
using Rearm.Streaming.Cli.Plots;

namespace Rearm.Streaming.Cli.UnitTests.Plots;

public class LinePlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void ToSvg_TwoPanels_HasTitleLabelsTicksLegendAndALineEach()
    {
        var svg = Draw(new("loss", [new("training", [(1, 0.7), (2, 0.5), (3, 0.4)])]), new("recall", [new("recall@10", [(1, 0.1), (3, 0.2)]), new("recall@20", [(1, 0.2), (3, 0.25)])]));

        string[] texts = [.. svg.Descendants(Svg + "text").Select(t => t.Value)];
        foreach (var text in (string[])["Curves of <a> & \"b\"", "epoch", "loss", "recall", "training", "recall@10", "recall@20", "1", "2", "3", "0.4", "0.7"])
            Assert.Contains(text, texts);
        // Three lines, and one of each in the legend.
        Assert.Equal(6, svg.Descendants(Svg + "polyline").Count());
        Assert.Equal(3, svg.Descendants(Svg + "polyline").Select(l => (string)l.Attribute("stroke")!).Distinct().Count() + 1);
    }

    [Fact]
    public void ToSvg_ForWhoCantSeeIt_SaysWhatEachLineDoes()
    {
        var svg = Draw(new("loss", [new("training", [(1, 0.7), (2, 0.5), (3, 0.4)])]), new("recall", [new("<b>", [(2, 0.25)]), new("none", [])]));

        Assert.Equal("img", (string)svg.Attribute("role")!);
        Assert.Equal("Curves of <a> & \"b\"", svg.Element(Svg + "title")!.Value);
        Assert.Equal(
            "loss, training: 0.7 at epoch 1, 0.4 at 3. recall, <b>: 0.25 at epoch 2. recall, none: nothing.", svg.Element(Svg + "desc")!.Value);
    }

    [Fact]
    public void ToSvg_PointsWithNotes_AreDotsThatHaveThem()
    {
        var svg = Draw(new LinePanel("recall", [new("round 1", [(0, 0.1), (1, double.NaN), (2, 0.3)]) { Notes = ["as it is", "failed", "lr=<0.1>"] }]));

        Assert.Empty(svg.Descendants(Svg + "polyline"));
        Assert.Equal(["as it is", "lr=<0.1>"], svg.Descendants(Svg + "circle").Elements(Svg + "title").Select(note => note.Value));
    }

    [Fact]
    public void ToSvg_ALine_LiesWithinItsPanelAndRisesWithItsValues()
    {
        var svg = Draw(new LinePanel("loss", [new("x", [(0, -3), (5, 2e-3), (10, 7)])]));

        var points = Points(svg.Descendants(Svg + "polyline").First());
        var box = ((string)svg.Attribute("viewBox")!).Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        Assert.All(points, point => Assert.True(point.X > 0 && point.X < box[2] && point.Y > 0 && point.Y < box[3]));
        Assert.True(points[0].X < points[1].X && points[1].X < points[2].X);
        Assert.True(points[0].Y > points[1].Y && points[1].Y > points[2].Y);
    }

    [Fact]
    public void ToSvg_NotANumber_InterruptsTheLine()
    {
        var svg = Draw(new LinePanel("loss", [new("x", [(1, 1), (2, 2), (3, double.NaN), (4, double.PositiveInfinity), (5, 3)])]));

        Assert.Equal(2, Points(svg.Descendants(Svg + "polyline").First()).Length);
        Assert.Single(svg.Descendants(Svg + "circle"));
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToSvg_OnePoint_IsADot()
    {
        var svg = Draw(new LinePanel("loss", [new("x", [(1, 0.5)])]));

        Assert.Single(svg.Descendants(Svg + "circle"));
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToSvg_NothingToDraw_HasAxesAndNames()
    {
        foreach (var svg in (XElement[])[Draw(), Draw(new LinePanel("loss", [])), Draw(new LinePanel("loss", [new("x", [])])), Draw(new LinePanel("loss", [new("x", [(1, double.NaN)])]))])
        {
            Assert.Contains("epoch", svg.Descendants(Svg + "text").Select(t => t.Value));
            Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, 1, false, "0.0,0.2,0.4,0.6,0.8,1.0")]
    [InlineData(0.0312, 0.0979, false, "0.02,0.04,0.06,0.08,0.10")]
    [InlineData(1, 3, true, "1,2,3")]
    [InlineData(1, 37, true, "0,10,20,30,40")]
    [InlineData(-5, 5, false, "-6,-4,-2,0,2,4,6")]
    [InlineData(2, 2, false, "1.0,1.5,2.0,2.5,3.0")]
    [InlineData(0, 3e7, false, "0,1e7,2e7,3e7")]
    public void Ticks_OfARange_AreRoundNumbersAroundIt(double low, double high, bool whole, string expected)
    {
        var axis = Axis.For([low, high], 5, whole);

        Assert.Equal(expected, string.Join(',', axis.Ticks.Select(axis.Text)));
    }

    private static XElement Draw(params LinePanel[] panels) => XDocument.Parse(new LinePlot("Curves of <a> & \"b\"", "epoch", panels) { WholeX = true }.ToSvg()).Root!;

    private static (double X, double Y)[] Points(XElement polyline) => [.. ((string)polyline.Attribute("points")!).Split(' ').Select(p => p.Split(','))
        .Select(p => (double.Parse(p[0], CultureInfo.InvariantCulture), double.Parse(p[1], CultureInfo.InvariantCulture)))];
}

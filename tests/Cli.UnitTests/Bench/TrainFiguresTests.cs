using System.Xml.Linq;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

[Collection(nameof(OneTrainingAtATime))]
public class TrainFiguresTests
{
    private static readonly TrainShape Small = new("tiktok", Users: 120, Items: 80, Pairs: 900, ValidationUsers: 40, Widths: [12, 8]);

    [Fact]
    public async Task Measure_BothWays_GivesEveryFigureOfEachAndTheirRatio()
    {
        var figures = new Figures(Consoles.For(TextWriter.Null));

        await TrainFigures.MeasureAsync(figures, Small, TrainFigures.Ways, steps: 2, CancellationToken.None);

        string[] each = ["sampling_seconds", "forward_seconds", "losses_seconds", "backward_seconds", "optimizer_seconds", "seconds_per_step", "cpu_seconds_per_step", "shuffling_seconds", "evaluation_seconds", "seconds_per_epoch", "gflops", "gflops_share"];
        var expected = TrainFigures.Ways.SelectMany(way => each.Select(figure => $"tiktok.{way}.{figure}")).Append("tiktok.ratio").Append("tiktok.sgemm_gflops");
        Assert.Equal(expected.Order(StringComparer.Ordinal), figures.Values.Keys);
        // A step that begins an epoch has its batch already: sampling may take less than the clock can tell.
        Assert.All(figures.Values, figure => Assert.True(
            double.IsFinite(figure.Value) && (figure.Value > 0 || (figure.Value == 0 && figure.Key.EndsWith(".sampling_seconds", StringComparison.Ordinal))),
            $"{figure.Key} is {figure.Value}."));
        foreach (var way in TrainFigures.Ways)
        {
            double Of(string figure) => figures.Values[$"tiktok.{way}.{figure}"];
            Assert.Equal(Of("seconds_per_step"), each[..5].Sum(Of), 9);
            // 900 pairs are one step of 2048.
            Assert.Equal(Of("seconds_per_epoch"), Of("seconds_per_step") + Of("shuffling_seconds") + Of("evaluation_seconds"), 9);
        }
        // A bar for each of five phases, twice, and one of each in the legend.
        var plot = XDocument.Parse(figures.Bars("steps", "way").ToSvg()).Descendants();
        Assert.Equal(5 * 2 + 5, plot.Count(e => e.Name.LocalName == "rect"));
        Assert.Contains(plot, e => e.Name.LocalName == "text" && e.Value == "tiktok, fused");
    }

    [Fact]
    public async Task Measure_OneWay_GivesNoRatio()
    {
        var figures = new Figures(Consoles.For(TextWriter.Null));

        await TrainFigures.MeasureAsync(figures, Small, [TrainFigures.Fused], steps: 1, CancellationToken.None);

        Assert.DoesNotContain(figures.Values.Keys, name => name.Contains("plain", StringComparison.Ordinal) || name.EndsWith("ratio", StringComparison.Ordinal));
    }

    [Fact]
    public void Data_OfAShape_HasItsSizes()
    {
        var data = TrainData.Of(Small);

        Assert.Equal((120, 80, 900), (data.Train.Users, data.Train.Items, data.Train.Interactions.Count));
        Assert.Equal(40, data.Validation().Users);
        Assert.Equal([12, 8], data.Train.Modalities.Select(m => m.Dimension));
        Assert.Equal((120 * 40, 80 * 10), (data.Train.UserInterest[1].Count, data.Train.ItemCooccurrence.Count));
    }

    [Fact]
    public void Shapes_All_ArePresetsToo() => Assert.All(TrainShape.All, shape => Assert.Equal(2048, shape.Hyper.BatchSize));
}

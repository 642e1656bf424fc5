using System.Xml.Linq;
using Rearm.Streaming.Cli.Tuning;

namespace Rearm.Streaming.Cli.UnitTests.Tuning;

public class TuningPlotTests
{
    [Fact]
    public void Draw_ASearch_HasADotForEachTrialOfEachRoundAndTheBest()
    {
        var plot = TuningPlot.Draw("bpr on <shop>",
        [
            Result(0, 1, 0.1), Result(1, 1, null), Result(2, 1, 0.2, ("decay", "0.01")), Result(2, 2, 0.3, ("decay", "0.01")),
        ]);

        var lines = Assert.Single(plot.Panels).Lines;
        Assert.Equal(["round 1", "round 2", "best"], lines.Select(line => line.Name));
        Assert.Equal([(0, 0.1), (2, 0.2)], lines[0].Points);
        Assert.Equal([(2, 0.3)], lines[2].Points);
        var notes = XDocument.Parse(plot.ToSvg()).Descendants().Where(e => e.Name.LocalName == "circle").Elements().Select(note => note.Value);
        Assert.Equal(["trial 0, 4 epochs: 0.1000, as it is", "trial 2, 4 epochs: 0.2000, decay=0.01", "trial 2, 8 epochs: 0.3000, decay=0.01"], notes);
    }

    private static TrialResult Result(int trial, int rung, double? recall, params (string Name, string Value)[] parameters) =>
        new(trial, rung, 4 * rung, 1, recall, 1, recall is null ? "failed" : null, parameters.ToDictionary(p => p.Name, p => p.Value));
}

using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Evaluation;

namespace Rearm.Streaming.Cli.UnitTests.Evaluation;

public class EpochLinesTests
{
    [Theory]
    [InlineData(3, 40, "epoch 3 of at most 40  loss 0.5000  validation recall@20 0.1000 (best)  7.5 s, at most 5 min left")]
    [InlineData(40, 40, "epoch 40 of at most 40  loss 0.5000  validation recall@20 0.1000 (best)  7.5 s")]
    public void Report_AnEpoch_SaysHowLongItTookAndTheRestTakesAtMost(int epoch, int of, string expected)
    {
        using var output = new StringWriter();

        new EpochLines(Consoles.For(output), also: null).Report(new(epoch, of, 0.5, 0.1, epoch, 7.5) { SecondsPerEpoch = 8 });

        Assert.Equal(expected, output.ToString().TrimEnd());
    }
}

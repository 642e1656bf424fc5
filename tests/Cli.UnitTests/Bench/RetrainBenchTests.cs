using System.CommandLine;
using System.Text;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

[Collection(nameof(OneTrainingAtATime))]
public sealed class RetrainBenchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(30, "too few users have an interaction held out, ")]
    [InlineData(1, "no user has three interactions")]
    public async Task Retrain_TooFewUsersToMeasureOn_IsRefusedInPlaceOfAComparisonOfNothing(int rows, string reason)
    {
        var log = new StringBuilder("user_id,item_id,timestamp\n");
        for (var row = 0; row < rows; row++)
            log.Append($"u{row % 6},i{row / 6},{1_700_000_000 + row}\n");
        using var output = new StringWriter();

        var code = await RearmCommandLine.RunAsync(
            ["bench", "retrain", "--dataset", _folder.Write("log.csv", log.ToString()), "--model", "bpr", "--set", "max_epochs=2", "--from", "0.95", "--seeds", "1"],
            new InvocationConfiguration { Output = output, Error = output });

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(reason, output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("recall@20", output.ToString(), StringComparison.Ordinal);
    }
}

using System.CommandLine;
using System.Xml.Linq;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

public sealed class FiguresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_Points_AreByPanelAndLineAndRise()
    {
        var figures = new Figures(Consoles.For(TextWriter.Null));
        figures.Point("latency, ms", "p99", 500, 8);
        figures.Point("latency, ms", "p50", 500, 2);
        figures.Point("latency, ms", "p99", 250, 4);

        var plot = figures.Lines("Load", "requests a second");

        var panel = Assert.Single(plot.Panels);
        Assert.Equal(["p99", "p50"], panel.Lines.Select(line => line.Name));
        Assert.Equal([(250, 4), (500, 8)], panel.Lines[0].Points);
    }

    [Fact]
    public async Task BenchNextItem_WithPlot_DrawsWhatItMeasured()
    {
        // 12 users, each with 6 items of their half, one after the other.
        await File.WriteAllLinesAsync(_folder.File("events.csv"),
        [
            "user_id,item_id,timestamp",
            .. from user in Enumerable.Range(0, 12)
               from n in Enumerable.Range(0, 6)
               select $"u{user},i{10 * (user % 2) + (3 * user + n) % 10},{1_700_000_000 + n}",
        ]);

        var (code, output) = await RunAsync(
            "bench", "next-item", "--dataset", _folder.File("events.csv"), "--model", "popularity", "--plot", _folder.File("plot.svg"));

        Assert.True(code == ExitCodes.Success, output);
        var texts = XDocument.Load(_folder.File("plot.svg")).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        foreach (var text in (string[])["hit rate", "NDCG", "popularity", "hr@10", "ndcg@20"])
            Assert.Contains(text, texts);
    }

    [Theory]
    [InlineData("--plot is \"plot.png\"; a name that ends in .svg is needed.", "bench", "train", "--plot", "plot.png")]
    [InlineData("--only cut does not measure", "bench", "graph", "--only", "cut", "--plot", "plot.svg")]
    [InlineData("--only endurance is not about", "bench", "serve", "--only", "endurance", "--plot", "plot.svg")]
    [InlineData("its folder does not exist. Create it", "bench", "train", "--plot", "no-such-folder/plot.svg")]
    [InlineData("--plot draws all models, with --all", "evaluate", "--dataset", "data", "--plot", "plot.svg")]
    public async Task Plot_ThatCouldNotBeDrawn_IsAUsageErrorThatSaysWhatToDo(string message, params string[] args)
    {
        var (code, output) = await RunAsync(args);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        var code = await RearmCommandLine.RunAsync(args, new InvocationConfiguration { Output = output, Error = output });
        return (code, output.ToString());
    }
}

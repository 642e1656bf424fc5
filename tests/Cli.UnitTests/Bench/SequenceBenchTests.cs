using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

[Collection(nameof(OneTrainingAtATime))]
public sealed class SequenceBenchTests : IDisposable
{
    private const int Items = 30;

    private static readonly string[] Fast = ["--epochs", "2", "--set", "dimension=8", "--set", "length=4"];

    private readonly TemporaryFolder _folder = new();

    public SequenceBenchTests()
    {
        // 24 users, each with 7 items of their third, whose vectors say which third it is.
        var rows = new StringBuilder("userID\titemID\ttimestamp\tx_label\n");
        var random = new Random(1);
        for (var user = 0; user < 24; user++)
        {
            var items = Enumerable.Range(0, 10).Select(i => 3 * i + user % 3).ToArray();
            random.Shuffle(items);
            for (var n = 0; n < 7; n++)
                rows.Append($"{user}\t{items[n]}\t{1_700_000_000 + n}\t0\n");
        }
        File.WriteAllText(_folder.File("tiny.inter"), rows.ToString());
        float[] values = [.. Enumerable.Range(0, Items * 4).Select(i => (i % 4 == i / 4 % 3 ? 1 : 0) + 0.1f * random.NextSingle())];
        Npy.Write(_folder.File("text_feat.npy"), "<f4", $"({Items}, 4)", values);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NextItem_EveryModel_GivesMeansAndTheirSpread()
    {
        var (code, output) = await RunAsync(["next-item", "--seeds", "2", "--json", _folder.File("figures.json"), .. Fast]);

        Assert.True(code == ExitCodes.Success, output);
        var figures = await FiguresAsync();
        foreach (var model in (string[])["popularity", "item-knn-last", "sasrec", "pmmrec"])
            Assert.InRange(figures.GetProperty($"{model}.hr@20").GetDouble(), figures.GetProperty($"{model}.hr@10").GetDouble(), 1);
        Assert.True(figures.TryGetProperty("pmmrec.ndcg@10.sd", out _));
        Assert.False(figures.TryGetProperty("popularity.ndcg@10.sd", out _));
        // Three candidates are left in a user's third, and all others are never touched together with it.
        Assert.Equal(1, figures.GetProperty("item-knn-last.hr@10").GetDouble());
    }

    [Fact]
    public async Task Transfer_AllWays_GivesFiguresForEachShareAndAPlot()
    {
        Npy.Write(_folder.File("image_feat.npy"), "<f4", $"({Items}, 2)", [.. Enumerable.Range(0, Items * 2).Select(i => MathF.Sin(i / 2 % 3 + i % 2))]);

        var (code, output) = await RunAsync(
            ["transfer", "--seeds", "1", "--plot", _folder.File("plot.svg"), "--json", _folder.File("figures.json"), .. Fast]);

        Assert.True(code == ExitCodes.Success, output);
        var figures = await FiguresAsync();
        foreach (var way in (string[])["scratch", "full", "item_encoder", "user_encoder", "scratch_image", "full_image", "scratch_text", "full_text"])
            foreach (var share in (string[])["1%", "10%", "100%"])
                Assert.InRange(figures.GetProperty($"{way}.{share}.hr@10").GetDouble(), 0, 1);
        // 12 users or so, of six items each.
        Assert.Matches("1% of their events: 1 of 1 users, 0 of them to validate", output);
        Assert.Matches("100% of their events: ([0-9]+) of", output);
        var texts = XDocument.Load(_folder.File("plot.svg")).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        Assert.Contains("item_encoder", texts);
        Assert.Contains("NDCG@10", texts);
    }

    [Theory]
    [InlineData("None of the models popularity, sasrec has a hyper-parameter \"magic\"", "next-item", "--model", "popularity", "--model", "sasrec", "--set", "magic=1")]
    [InlineData("There is no model \"magic\"", "next-item", "--model", "magic")]
    [InlineData("No user of tiny has 8 different items", "next-item", "--min-items", "8")]
    [InlineData("The loss nicl compares modalities with each other, and there is 1", "transfer")]
    public async Task Bench_WhatCannotBeMeasured_FailsAndSaysWhy(string message, params string[] args)
    {
        var (code, output) = await RunAsync(args);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    private async Task<JsonElement> FiguresAsync()
    {
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.File("figures.json")));
        return json.RootElement.GetProperty("figures").Clone();
    }

    private async Task<(int Code, string Output)> RunAsync(string[] args)
    {
        using var output = new StringWriter();
        var code = await RearmCommandLine.RunAsync(
            ["bench", args[0], "--dataset", _folder.Path, .. args[1..]], new InvocationConfiguration { Output = output, Error = output });
        return (code, output.ToString());
    }
}

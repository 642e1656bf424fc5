using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Models;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Evaluation;

[Collection(nameof(OneTrainingAtATime))]
public sealed class EvaluateCommandTests : IDisposable
{
    private static readonly string[] Keys = ["dataset", "model", "seed", "epochs", "best_epoch", "seconds_per_epoch", "valid", "test"];

    private readonly TemporaryFolder _folder = new();

    public EvaluateCommandTests()
    {
        // 24 users, each with 6 items of their half to train, one to validate and one to test.
        var rows = new StringBuilder("userID\titemID\trating\ttimestamp\tx_label\n");
        var random = new Random(1);
        for (var user = 0; user < 24; user++)
        {
            var items = Enumerable.Range(0, 10).Select(i => 10 * (user % 2) + i).ToArray();
            random.Shuffle(items);
            for (var n = 0; n < 8; n++)
                rows.Append($"{user}\t{items[n]}\t1\t{1_700_000_000 + n}\t{(n < 6 ? 0 : n - 5)}\n");
        }
        File.WriteAllText(_folder.File("tiny.inter"), rows.ToString());
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ials")]
    [InlineData("ease+ials")]
    public async Task Evaluate_OneModel_PrintsAndWritesItsResult(string model)
    {
        var (code, output) = await RunAsync("--model", model, "--json", _folder.File("result.json"));

        Assert.True(code == ExitCodes.Success, output);
        Assert.Matches(@"Trained in \d+\.\d s\n(blend_scale: .*\n(.*\n)+)?Validation: recall@10 [01]\.\d{4} .*\nTest:       recall@10 ", output.ReplaceLineEndings("\n"));
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.File("result.json")));
        var parts = model.Contains('+') ? model.Split('+') : [];
        Assert.Equal(parts.Length == 0 ? Keys : [.. Keys, "parts"], json.RootElement.EnumerateObject().Select(p => p.Name));
        foreach (var part in parts)
        {
            Assert.Contains($"{part} alone, test: recall@10 ", output);
            Assert.True(json.RootElement.GetProperty("parts").GetProperty(part).GetProperty("recall@10").GetDouble() > 0.9, output);
        }
        Assert.Equal(model, json.RootElement.GetProperty("model").GetString());
        // The users' own half is the first thing any model finds out.
        Assert.True(json.RootElement.GetProperty("test").GetProperty("recall@10").GetDouble() > 0.9, output);
    }

    [Fact]
    public async Task Evaluate_All_PrintsATableAndWritesEveryModelThatTheDataSuits()
    {
        var (code, output) = await RunAsync("--all", "--epochs", "1", "--json", _folder.File("all.json"), "--plot", _folder.File("all.svg"));

        Assert.True(code == ExitCodes.Success, output);
        var lines = output.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        // The data has no features.
        Assert.StartsWith("sea: SEA knows items by their features alone, and there is no modality.", lines[^2], StringComparison.Ordinal);
        Assert.StartsWith("pmmrec: The model pmmrec knows items by their vectors alone, and the data has none", lines[^1], StringComparison.Ordinal);
        string[] models = [.. ModelCatalogue.Names.Reverse().Except(["sea", "pmmrec"])];
        var table = lines[Array.FindIndex(lines, l => l.StartsWith("model  ", StringComparison.Ordinal))..^2];
        Assert.Equal(["model", "recall@10", "recall@20", "ndcg@10", "ndcg@20", "epochs", "seconds"], table[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(models, table[1..].Select(l => l.Split(' ')[0]));
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.File("all.json")));
        Assert.Equal(models, json.RootElement.EnumerateArray().Select(r => r.GetProperty("model").GetString()!));
        Assert.All(json.RootElement.EnumerateArray(), r => Assert.Equal([.. Keys, "seconds"], r.EnumerateObject().Select(p => p.Name)));
        var plot = XDocument.Load(_folder.File("all.svg")).Descendants();
        // Recall and NDCG at 10 and 20 of each, and two of each panel in the legends.
        Assert.Equal(4 * models.Length + 4, plot.Count(e => e.Name.LocalName == "rect"));
        Assert.Empty(models.Except(plot.Where(e => e.Name.LocalName == "text").Select(e => e.Value)));
    }

    [Fact]
    public async Task Evaluate_CutOffs_AreMeasuredBesidesTheUsualOnes()
    {
        var (code, output) = await RunAsync("--model", "popularity", "--cutoffs", "5,20", "--cutoffs", "3", "--json", _folder.File("result.json"));

        Assert.True(code == ExitCodes.Success, output);
        Assert.Matches(@"Test:       recall@3 \d\.\d{4}  recall@5 ", output);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.File("result.json")));
        Assert.Equal(Keys, json.RootElement.EnumerateObject().Select(p => p.Name));
        foreach (var part in (string[])["valid", "test"])
        {
            var metrics = json.RootElement.GetProperty(part);
            Assert.Equal(
                ["recall@3", "recall@5", "recall@10", "recall@20", "ndcg@3", "ndcg@5", "ndcg@10", "ndcg@20"], metrics.EnumerateObject().Select(p => p.Name));
            double[] recalls = [.. metrics.EnumerateObject().Take(4).Select(p => p.Value.GetDouble())];
            Assert.Equal(recalls.Order(), recalls);
        }
    }

    [Fact]
    public async Task Evaluate_CurveAsJson_HasLossAndMetricsOfEveryEpoch()
    {
        var (code, output) = await RunAsync("--model", "bpr", "--epochs", "3", "--cutoffs", "5", "--curve", _folder.File("curve.json"));

        Assert.True(code == ExitCodes.Success, output);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.File("curve.json")));
        var epochs = json.RootElement.EnumerateArray().ToArray();
        Assert.Equal([1, 2, 3], epochs.Select(e => e.GetProperty("epoch").GetInt32()));
        Assert.All(epochs, e =>
        {
            Assert.Equal("bpr", e.GetProperty("model").GetString());
            Assert.InRange(e.GetProperty("loss").GetDouble(), 0.1, 2);
            Assert.InRange(e.GetProperty("recall@5").GetDouble(), 0, 1);
            Assert.InRange(e.GetProperty("ndcg@20").GetDouble(), 0, 1);
        });
    }

    [Fact]
    public async Task Evaluate_CurveOfABlendAsSvg_HasALineForEachModelAndMetric()
    {
        var (code, output) = await RunAsync("--model", "bpr+lightgcn", "--epochs", "2", "--curve", _folder.File("curve.svg"));

        Assert.True(code == ExitCodes.Success, output);
        var texts = XDocument.Load(_folder.File("curve.svg")).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        foreach (var name in (string[])["loss, bpr", "loss, lightgcn", "recall@20, bpr", "ndcg@10, lightgcn"])
            Assert.Contains(name, texts);
    }

    [Fact]
    public async Task Evaluate_OneUser_IsMeasured()
    {
        await File.WriteAllTextAsync(_folder.File("tiny.inter"), "userID\titemID\tx_label\n0\t0\t0\n0\t1\t0\n0\t2\t1\n0\t3\t2\n");

        var (code, output) = await RunAsync("--epochs", "2");

        Assert.True(code == ExitCodes.Success, output);
        // Two items are left to rank, so each is among the first ten.
        Assert.Contains("Test:       recall@10 1.0000", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0\t0\t2\n", "has no interactions to train on")]
    [InlineData("0\t0\t0\n", "has no test part")]
    [InlineData("", "has no interactions")]
    public async Task Evaluate_NothingToLearnOrToMeasure_FailsAndSaysSo(string rows, string reason)
    {
        await File.WriteAllTextAsync(_folder.File("tiny.inter"), $"userID\titemID\tx_label\n{rows}");

        var (code, output) = await RunAsync();

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cutoffs has \"0\"; whole numbers from 1 to 1000", "--cutoffs", "5,0")]
    [InlineData("--cutoffs has \"x\"", "--cutoffs", "x")]
    [InlineData("ends in .svg or .json", "--model", "bpr", "--curve", "curve.png")]
    [InlineData("ials does not train in epochs", "--model", "ials", "--curve", "curve.svg")]
    [InlineData("--all takes no --curve", "--all", "--curve", "curve.svg")]
    [InlineData("one of none, user_graph, item_graph, homogeneous, cooccurrence, similarity, meta, orthogonality, refinement, or several", "--set", "without=magic")]
    public async Task Evaluate_BadFlag_IsAUsageErrorThatNamesIt(string message, params string[] args)
    {
        var (code, output) = await RunAsync(args);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_AllWithASettingThatIsWrong_SaysSoInPlaceOfATable()
    {
        var (code, output) = await RunAsync("--all", "--epochs", "1", "--modalities", "smell");

        Assert.NotEqual(ExitCodes.Success, code);
        Assert.Contains("There is no modality \"smell\"", output, StringComparison.Ordinal);
        Assert.DoesNotContain("recall@10", output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        var code = await RearmCommandLine.RunAsync(
            ["evaluate", "--dataset", _folder.Path, "--device", "cpu", .. args], new InvocationConfiguration { Output = output, Error = output });
        return (code, output.ToString());
    }
}

using System.CommandLine;
using System.Text;
using System.Text.Json;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

[Collection(nameof(OneTrainingAtATime))]
public sealed class LiveBenchTests : IDisposable
{
    private const int Items = 90;

    private readonly TemporaryFolder _folder = new();

    public LiveBenchTests()
    {
        // 24 users, each with 20 items of their third and at last one of it that nobody has touched before; features say which third it is.
        var rows = new StringBuilder("userID\titemID\ttimestamp\tx_label\n");
        var random = new Random(1);
        for (var user = 0; user < 24; user++)
        {
            var items = Enumerable.Range(0, 29).Select(i => 3 * i + user % 3).ToArray();
            random.Shuffle(items);
            for (var n = 0; n < 20; n++)
                rows.Append($"{user}\t{items[n]}\t{1_700_000_000 + n}\t0\n");
            rows.Append($"{user}\t{Items - 3 + user % 3}\t{1_700_000_100}\t2\n");
        }
        File.WriteAllText(_folder.File("tiny.inter"), rows.ToString());
        float[] values = [.. Enumerable.Range(0, Items * 4).Select(i => (i % 4 == i / 4 % 3 ? 1 : 0) + 0.1f * random.NextSingle())];
        Npy.Write(_folder.File("text_feat.npy"), "<f4", $"({Items}, 4)", values);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Live_DataWithTimesAndNewItems_MeasuresBothParts()
    {
        using var output = new StringWriter();
        var json = _folder.File("figures.json");
        var code = await RearmCommandLine.RunAsync(
            ["bench", "live", "--dataset", _folder.Path, "--json", json], new InvocationConfiguration { Output = output, Error = output });

        Assert.True(code == ExitCodes.Success, output.ToString());
        var figures = JsonDocument.Parse(await File.ReadAllTextAsync(json)).RootElement.GetProperty("figures");
        double Figure(string name) => figures.GetProperty(name).GetDouble();
        // Those who like a third are recommended the new item that looks like it, and never without a vector of it.
        Assert.Equal((0, 1), (Figure("cold.none.all.recall@20"), Figure("cold.default.all.recall@20")));
        Assert.Equal(1, Figure("cold.default.among_new.recall@20"));
        foreach (var weight in (string[])["0.0", "0.1", "0.3", "0.5", "1.0"])
            Assert.InRange(Figure($"replay.known.weight_{weight}.recall@20"), 0.5, 1);
    }

    [Fact]
    public async Task Live_ValidationPartHasNewItems_ChoosesByItAndReportsTheTestPartForTheChoice()
    {
        // Half of the users' last items are for validation.
        var rows = File.ReadAllLines(_folder.File("tiny.inter"));
        bool IsForValidation(string row) => row[0] == '1' && row.EndsWith("\t2", StringComparison.Ordinal);
        File.WriteAllLines(_folder.File("tiny.inter"), rows.Select(row => IsForValidation(row) ? $"{row[..^1]}1" : row));
        using var output = new StringWriter();
        var json = _folder.File("figures.json");
        var code = await RearmCommandLine.RunAsync(
            ["bench", "live", "--dataset", _folder.Path, "--json", json], new InvocationConfiguration { Output = output, Error = output });

        Assert.True(code == ExitCodes.Success, output.ToString());
        var figures = JsonDocument.Parse(await File.ReadAllTextAsync(json)).RootElement.GetProperty("figures");
        double Figure(string name) => figures.GetProperty(name).GetDouble();
        Assert.Equal((1, 1), (Figure("cold.validation.neighbors_5.power_4.among_new.recall@20"), Figure("cold.validation.length_3.new.recall@20")));
        // All neighbours are as good, and no length costs anything.
        Assert.Contains("20 neighbours, weights cosine^1, Server:NewItemLength 3", output.ToString(), StringComparison.Ordinal);
        Assert.Equal((1, 1), (Figure("cold.chosen.new.recall@20"), Figure("cold.default.among_new.recall@20")));
    }

    [Fact]
    public async Task Live_ModelThatMakesItemsOfFeatures_MeasuresItsVectorsBesideInterimOnes()
    {
        using var output = new StringWriter();
        var json = _folder.File("figures.json");
        var code = await RearmCommandLine.RunAsync(
            ["bench", "live", "--dataset", _folder.Path, "--model", "pmmrec", "--json", json], new InvocationConfiguration { Output = output, Error = output });

        Assert.True(code == ExitCodes.Success, output.ToString());
        var figures = JsonDocument.Parse(await File.ReadAllTextAsync(json)).RootElement.GetProperty("figures");
        foreach (var name in (string[])["cold.default.among_new.recall@20", "cold.encoded.among_new.recall@20"])
            Assert.Equal(1, figures.GetProperty(name).GetDouble());
        Assert.InRange(figures.GetProperty("cold.encoded.new.recall@20").GetDouble(), 0.5, 1);
        Assert.Contains("pmmrec makes users' vectors anew: nothing is moved", output.ToString(), StringComparison.Ordinal);
    }
}

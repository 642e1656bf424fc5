using System.CommandLine;
using System.Text;
using System.Text.Json;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Tuning;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Tuning;

[Collection(nameof(OneTrainingAtATime))]
public sealed class TuneCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _out;

    public TuneCommandTests()
    {
        // 40 users, each with 8 items of their half: 6 to train, one to validate and one to test.
        var rows = new StringBuilder("userID\titemID\trating\ttimestamp\tx_label\n");
        var random = new Random(1);
        for (var user = 0; user < 40; user++)
        {
            var items = Enumerable.Range(0, 30).Select(i => 30 * (user % 2) + i).ToArray();
            random.Shuffle(items);
            for (var n = 0; n < 8; n++)
                rows.Append($"{user}\t{items[n]}\t1\t{1_700_000_000 + n}\t{(n < 6 ? 0 : n - 5)}\n");
        }
        File.WriteAllText(_folder.File("tiny.inter"), rows.ToString());
        _out = _folder.File("tuned");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ials")]
    [InlineData("bpr")]
    [InlineData("rearm")]
    public async Task Tune_SmallDataSet_WritesAPresetThatEvaluateAndTheTrainerTake(string model)
    {
        var (code, output) = await TuneAsync("--model", model, "--trials", "4", "--epochs", "4");

        Assert.True(code == ExitCodes.Success, output);
        Assert.Contains("validation recall@20", output, StringComparison.Ordinal);
        var preset = PresetFile.Read(Path.Combine(_out, "preset.json"));
        Assert.Equal((model, "tiny", "4"), (preset.Model, preset.Chosen["dataset"], preset.Chosen["trials"]));
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(Path.Combine(_out, "trials.svg")), StringComparison.Ordinal);
        Assert.Equal(["journal.jsonl", "preset.json", "trials.svg"], Directory.GetFiles(_out).Select(f => Path.GetFileName(f)!).Order());

        var (evaluated, result) = await RunAsync(
            "evaluate", "--dataset", _folder.Path, "--model", model, "--preset-file", Path.Combine(_out, "preset.json"), "--epochs", "1", "--device", "cpu");
        Assert.True(evaluated == ExitCodes.Success, result);
    }

    [Fact]
    public async Task Tune_StoppedByTheClockAndGoneOnWith_FindsWhatAnUninterruptedSearchFinds()
    {
        string[] flags = ["--model", "bpr", "--trials", "6", "--epochs", "64", "--set", "batch_size=32"];
        Assert.Equal(ExitCodes.Success, (await TuneAsync(flags)).Code);
        var whole = await File.ReadAllTextAsync(Path.Combine(_out, "preset.json"));
        Directory.Delete(_out, recursive: true);

        // However far it gets in each of the first three.
        foreach (var minutes in (string[])["0.01", "0.01", "0.01", "1000"])
            await TuneAsync([.. flags, "--minutes", minutes]);

        Assert.Equal(whole, await File.ReadAllTextAsync(Path.Combine(_out, "preset.json")));
        Assert.Equal(1 + 6 + 3 + 2 + 1, (await File.ReadAllLinesAsync(Path.Combine(_out, "journal.jsonl"))).Length);
    }

    [Fact]
    public async Task Tune_AnotherModelIntoTheSameFolder_IsRefused()
    {
        await TuneAsync("--model", "ials", "--trials", "2");

        var (code, output) = await TuneAsync("--model", "ease", "--trials", "2");

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("is of another search: its model is ials, not ease", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The model popularity has nothing to tune.", "--model", "popularity")]
    [InlineData("The model ease has nothing to tune that --set does not fix.", "--model", "ease", "--set", "regularization=3")]
    [InlineData("There is no model \"magic\"", "--model", "magic")]
    [InlineData("--epochs says how many", "--model", "bpr", "--set", "max_epochs=3")]
    [InlineData("Either --dataset or --shop is needed.", "--shop")]
    public async Task Tune_WhatMakesNoSense_IsRefused(string message, params string[] flags)
    {
        var (code, output) = await TuneAsync(flags);

        Assert.NotEqual(ExitCodes.Success, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tune_TheDemosShop_NeedsNoDataSet()
    {
        var (code, output) = await RunAsync("tune", "--shop", "--model", "ease-features", "--trials", "2", "--out", _out);

        Assert.True(code == ExitCodes.Success, output);
        using var journal = JsonDocument.Parse((await File.ReadAllLinesAsync(Path.Combine(_out, "journal.jsonl")))[0]);
        Assert.Equal("shop", journal.RootElement.GetProperty("dataset").GetString());
    }

    [Fact]
    public async Task Tune_JournalRemovedAfterAnotherSearchWasStopped_StartsFromNothing()
    {
        // Stopped as the second trial begins: the first one's parameters are kept.
        using var stopped = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SearchAsync(_out, seed: 1, stopped));
        Assert.Contains(Directory.GetFiles(_out), file => file.EndsWith(".state", StringComparison.Ordinal));
        File.Delete(Path.Combine(_out, "journal.jsonl"));

        await SearchAsync(_out, seed: 2);

        await SearchAsync(_folder.File("fresh"), seed: 2);
        Assert.Equal(PresetFile.Read(Path.Combine(_folder.File("fresh"), "preset.json")).Chosen, PresetFile.Read(Path.Combine(_out, "preset.json")).Chosen);
    }

    private async Task SearchAsync(string folder, int seed, CancellationTokenSource? stopAtSecond = null)
    {
        ProgressOf progress = (what, _, _) =>
        {
            if (what == "Trial 1")
                stopAtSecond?.Cancel();
            return new Progress<long>();
        };
        using var output = new StringWriter();
        var settings = new ModelSettings { Seed = seed, Device = TrainingDevice.Cpu, Threads = 1 };
        await new Tuner(DatasetReader.Read(_folder.File("tiny.inter")), ModelCatalogue.Get("bpr"), settings, Consoles.For(output), progress)
            .RunAsync(folder, trials: 2, epochs: 6, CancellationToken.None, stopAtSecond?.Token ?? CancellationToken.None);
    }

    private Task<(int Code, string Output)> TuneAsync(params string[] flags) =>
        RunAsync(["tune", "--dataset", _folder.File("tiny.inter"), "--out", _out, "--device", "cpu", "--threads", "1", .. flags]);

    private static async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        var code = await RearmCommandLine.RunAsync(args, new InvocationConfiguration { Output = output, Error = output });
        return (code, output.ToString());
    }
}

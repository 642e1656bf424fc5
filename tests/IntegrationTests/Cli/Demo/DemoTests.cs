using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;
using TemporaryFolder = Rearm.Streaming.Testing.TemporaryFolder;

namespace Rearm.Streaming.IntegrationTests.Cli.Demo;

/// <summary><c>rearm demo</c> as its own process, with a temporary folder that must be empty when it has ended.</summary>
public sealed partial class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("rearm")]
    [InlineData("sea")]
    [InlineData("pmmrec")]
    public async Task Demo_Once_ReportsItsResultsAndLeavesNothingBehind(string model)
    {
        var json = _folder.File("demo.json");
        await using var demo = await StartAsync("--once", "--model", model, "--epochs", "2", "--json", json);

        Assert.True(await demo.Exited.WaitAsync(Wait.Patience * 5) == 0, demo.Output);

        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(json));
        var root = report.RootElement;
        Assert.Equal(
            ["seconds", "interactions", "items", "generation", "snapshot_hash", "before", "after", "recall@20", "popularity_recall@20"],
            root.EnumerateObject().Select(p => p.Name));
        var shop = SyntheticShop.Create(1);
        Assert.Equal(shop.DistinctPairs, root.GetProperty("interactions").GetInt64());
        Assert.Equal(shop.Items.Count, root.GetProperty("items").GetInt64());
        Assert.Equal(1, root.GetProperty("generation").GetInt64());
        Assert.Matches("^[0-9a-f]{64}$", root.GetProperty("snapshot_hash").GetString());
        Assert.InRange(root.GetProperty("popularity_recall@20").GetDouble(), 0.05, root.GetProperty("recall@20").GetDouble());

        var (before, after) = (Ids(root, "before"), Ids(root, "after"));
        var music = shop.Items.Where(i => i.Categories.Contains("Music")).Select(i => i.ItemId).ToHashSet();
        Assert.Equal((10, 10), (before.Length, after.Length));
        Assert.NotEqual(before, after);
        // The click was on music, which the user had not liked before. To a sequence of 20 items, read by a model of two epochs, it is one more.
        if (model != "pmmrec")
            Assert.True(after.Count(music.Contains) > before.Count(music.Contains), demo.Output);

        File.Delete(json);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Demo_WithoutOnce_TrainsOnNewClicksUntilItIsStopped()
    {
        await using var demo = await StartAsync("--epochs", "1");
        await UntilItSaysAsync(demo, "Everything stays up");

        using (var sender = new EventSender(new Uri($"http://{IngestorPattern().Match(demo.Output).Groups[1]}")))
            Assert.Equal(12, (await sender.SendAsync(SyntheticShop.Create(1).Items.Take(12).Select(Click))).Accepted);
        await UntilItSaysAsync(demo, "The Server answers from generation 2");

        Assert.True(await demo.StopAsync(Wait.Patience) == 0, demo.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Demo_FolderWithoutDataset_FailsAndSaysWhy()
    {
        await using var demo = await StartAsync("--once", "--dataset", _folder.Path);

        Assert.Equal(1, await demo.Exited.WaitAsync(Wait.Patience));
        Assert.Contains("has neither train.npy nor a .inter, .csv or .tsv file", demo.Output);
    }

    [Theory]
    [InlineData("--kafka", "Kafka 127.0.0.1:1 does not answer")]
    [InlineData("--redis", "Redis 127.0.0.1:1 does not answer")]
    public async Task Demo_OutsideServerMissing_FailsAndNamesIt(string flag, string message)
    {
        await using var demo = await StartAsync("--once", flag, "127.0.0.1:1");

        Assert.Equal(1, await demo.Exited.WaitAsync(Wait.Patience));
        Assert.Contains(message, demo.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private Task<ChildProcess> StartAsync(params string[] arguments)
    {
        var program = Path.Combine(Repository.OutputOf("Cli"), "Rearm.Streaming.Cli.dll");
        return ChildProcess.StartAsync("dotnet", [program, "demo", "--grpc-port", "0", "--http-port", "0", .. arguments], new Dictionary<string, string?>
        {
            ["TMPDIR"] = _folder.Path,
            // Its socket would count as left behind.
            ["DOTNET_EnableDiagnostics"] = "0",
            ["Trainer__Device"] = "cpu",
            ["Trainer__Threads"] = "1",
            ["Server__HistoryTimeout"] = "00:01:00",
        });
    }

    private static Task UntilItSaysAsync(ChildProcess demo, string text) =>
        Wait.UntilAsync($"it says \"{text}\"", () => Task.FromResult(demo.Output.Contains(text, StringComparison.Ordinal)), demo);

    private static Event Click(Item item) => new()
    {
        Interaction = new() { EventId = $"new-{item.ItemId}", UserId = "somebody-new", ItemId = item.ItemId, Type = "click", Time = Timestamp.FromDateTime(DateTime.UtcNow) },
    };

    private static string[] Ids(JsonElement report, string name) => [.. report.GetProperty(name).EnumerateArray().Select(id => id.GetString()!)];

    [GeneratedRegex(@"Ingestor: gRPC (\S+),")]
    private static partial Regex IngestorPattern();
}

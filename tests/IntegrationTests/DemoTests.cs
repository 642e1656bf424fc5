using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.IntegrationTests;

/// <summary><c>rearm demo</c> as somebody types it: its own process, in a temporary folder that has to be empty in the end.</summary>
public sealed partial class DemoTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rearm-demo-tests-");

    [Fact]
    public async Task Demo_Once_TellsItsStoryAndLeavesNothingBehind()
    {
        var json = Path.Combine(_folder.FullName, "demo.json");
        await using var demo = await StartAsync("--once", "--epochs", "2", "--json", json);

        Assert.True(await demo.Exited.WaitAsync(Patience) == 0, demo.Output);

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
        // The click was on music, which the user had not shown a liking for.
        Assert.True(after.Count(music.Contains) > before.Count(music.Contains), demo.Output);

        File.Delete(json);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Demo_StaysUp_TrainsOnNewClicksUntilItIsTold()
    {
        await using var demo = await StartAsync("--epochs", "1");
        await UntilItSaysAsync(demo, "Everything stays up");

        using (var sender = new EventSender(new Uri($"http://{IngestorPattern().Match(demo.Output).Groups[1]}")))
            Assert.Equal(12, (await sender.SendAsync(SyntheticShop.Create(1).Items.Take(12).Select(Click))).Accepted);
        await UntilItSaysAsync(demo, "The Server answers from generation 2");

        Assert.True(await demo.StopAsync(TimeSpan.FromMinutes(1)) == 0, demo.Output);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Demo_FolderThatIsNoDataset_FailsAndSaysWhy()
    {
        await using var demo = await StartAsync("--once", "--dataset", _folder.FullName);

        Assert.Equal(1, await demo.Exited.WaitAsync(Patience));
        Assert.Contains("has neither train.npy nor a .inter file", demo.Output);
    }

    [Theory]
    [InlineData("--kafka", "Kafka 127.0.0.1:1 does not answer")]
    [InlineData("--redis", "Redis 127.0.0.1:1 does not answer")]
    public async Task Demo_OutsideServerThatIsNotThere_FailsAndNamesIt(string flag, string message)
    {
        await using var demo = await StartAsync("--once", flag, "127.0.0.1:1");

        Assert.Equal(1, await demo.Exited.WaitAsync(Patience));
        Assert.Contains(message, demo.Output);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<ChildProcess> StartAsync(params string[] arguments)
    {
        // artifacts/bin/IntegrationTests/release/ -> artifacts/bin/Cli/release/
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var program = Path.Combine(output.Parent!.Parent!.FullName, "Cli", output.Name, "Rearm.Streaming.Cli.dll");
        return ChildProcess.StartAsync("dotnet", [program, "demo", "--grpc-port", "0", "--http-port", "0", .. arguments], new Dictionary<string, string?>
        {
            ["TMPDIR"] = _folder.FullName,
            // Its socket would be in the way of looking for what was left behind.
            ["DOTNET_EnableDiagnostics"] = "0",
            ["Trainer__Device"] = "cpu",
        });
    }

    private static async Task UntilItSaysAsync(ChildProcess demo, string text)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!demo.Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(demo.Exited.IsCompleted || DateTime.UtcNow > deadline, $"It did not say \"{text}\" but:\n{demo.Output}");
            await Task.Delay(100);
        }
    }

    private static Event Click(Item item) => new()
    {
        Interaction = new() { EventId = $"new-{item.ItemId}", UserId = "somebody-new", ItemId = item.ItemId, Type = "click", Time = Timestamp.FromDateTime(DateTime.UtcNow) },
    };

    private static string[] Ids(JsonElement report, string name) => [.. report.GetProperty(name).EnumerateArray().Select(id => id.GetString()!)];

    [GeneratedRegex(@"Ingestor: gRPC (\S+),")]
    private static partial Regex IngestorPattern();
}

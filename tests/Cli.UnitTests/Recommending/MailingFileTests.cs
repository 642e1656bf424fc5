using System.Text.Json;
using Rearm.Streaming.Cli.Recommending;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Recommending;

public class MailingFileTests
{
    [Fact]
    public async Task WriteAsync_Answers_AreALineEach()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("mailing.ndjson");
        var seen = new List<long>();

        var users = await MailingFile.WriteAsync(path, Answers(3), new Counter(seen), default);

        Assert.Equal(3, users);
        Assert.Equal([1L, 2, 3], seen);
        var lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(3, lines.Length);
        var second = JsonSerializer.Deserialize<JsonElement>(lines[1]);
        Assert.Equal(("user \"1\"", "PERSONAL"), (second.GetProperty("user_id").GetString(), second.GetProperty("source").GetString()));
        Assert.Equal(("tent", 0.5), (second.GetProperty("items")[0].GetProperty("item_id").GetString(), second.GetProperty("items")[0].GetProperty("score").GetDouble()));
    }

    [Fact]
    public async Task WriteAsync_AttributesAndAReason_AreInTheLine()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("mailing.ndjson");
        var item = new ScoredItem { ItemId = "tent", Attributes = { ["title"] = "Little \"Tent\"" } };
        UserRecommendations[] answers = [new() { UserId = "ada", Response = new() { Source = Source.Popular, Reason = "She is new.", Items = { item } } }];

        await MailingFile.WriteAsync(path, answers.ToAsyncEnumerable(), new Counter([]), default);

        var line = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(path));
        Assert.Equal("She is new.", line.GetProperty("reason").GetString());
        Assert.Equal("Little \"Tent\"", line.GetProperty("items")[0].GetProperty("attributes").GetProperty("title").GetString());
    }

    [Fact]
    public async Task WriteAsync_BrokenOff_LeavesWhatWasThere()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("mailing.ndjson");
        await File.WriteAllTextAsync(path, "of yesterday");

        await Assert.ThrowsAsync<InvalidOperationException>(() => MailingFile.WriteAsync(path, Answers(3, breakAfter: 2), new Counter([]), default));

        Assert.Equal("of yesterday", await File.ReadAllTextAsync(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static async IAsyncEnumerable<UserRecommendations> Answers(int count, int breakAfter = int.MaxValue)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            if (i == breakAfter)
                throw new InvalidOperationException("broken off");
            yield return new() { UserId = $"user \"{i}\"", Response = new() { Source = Source.Personal, Items = { new ScoredItem { ItemId = "tent", Score = 0.5f } } } };
        }
    }

    private sealed class Counter(List<long> seen) : IProgress<long>
    {
        public void Report(long value) => seen.Add(value);
    }
}

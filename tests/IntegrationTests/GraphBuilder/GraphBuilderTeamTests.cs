using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>Several GraphBuilders share the partitions: whoever comes and goes, in the end it is as if there had been one.</summary>
public sealed class GraphBuilderTeamTests(KafkaFixture kafka, RedisFixture redis) : IClassFixture<KafkaFixture>, IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Team_OfAnySize_IsLikeASingleOne(int members)
    {
        var records = RandomShop.Records(11, 2000, users: 150, items: 100, seconds: 100_000);
        await using var team = Team();
        for (var n = 0; n < members; n++)
            await team.StartAsync($"m{n}");
        await team.SendAsync(records);
        await team.CaughtUpAsync();

        // Any of them may be asked.
        foreach (var member in team.Members.Keys)
            Assert.Equal(ExpectedGraphs.Hash(records), (await team.PublishAsync(member)).Hash);
        await HasLiveStateAsync(team, records);
        await Wait.UntilAsync(
            "one publishes, and all know which", team.StatusesAsync,
            all => all.Count(s => s.Publishes) == 1 && all.All(s => s.Publisher == all.Single(p => p.Publishes).Publisher));
    }

    [Fact]
    public async Task Team_OneKilledOneAddedOnePausedInTheMiddle_IsLikeASingleOne()
    {
        var records = RandomShop.Records(12, 3000, users: 150, items: 100, seconds: 100_000);
        var parts = records.Chunk(records.Count / 4).ToArray();
        await using var team = Team();
        await team.StartAsync("a");
        await team.StartAsync("b");
        await team.SendAsync(parts[0]);
        // Wherever it happens to be.
        await team.KillAsync("a");
        await team.SendAsync(parts[1]);
        await team.StartAsync("c");
        await team.SendAsync(parts[2]);
        await team.CaughtUpAsync();

        team.Members["b"].Pause();
        await team.SendAsync(parts[3]);
        await team.Members["c"].UntilAsync("it has all partitions", s => s.Partitions.Count == 4 && s.Lag == 0);
        Assert.Equal(ExpectedGraphs.Hash(records), (await team.PublishAsync("c", alone: true)).Hash);
        // Back at work, it finds out that its partitions are somebody else's.
        team.Members["b"].Resume();
        await team.CaughtUpAsync();
        Assert.Equal(ExpectedGraphs.Hash(records), (await team.PublishAsync("b")).Hash);
        await HasLiveStateAsync(team, records);
    }

    [Fact]
    public async Task Team_LargerThanThePartitions_TheExtraOneWaitsSaysSoAndTakesOver()
    {
        var records = RandomShop.Records(13, 600, users: 40, items: 30, seconds: 1000);
        await using var team = new GraphBuilderTeam(kafka.BootstrapServers, redis.Server, partitions: 1);
        await kafka.Broker.CreateAsync(team.Topics.Interactions, 1);
        await team.StartAsync("first");
        var second = await team.StartAsync("second");
        await second.UntilAsync("it waits", s => s.Problems.Any(p => p.Contains("has none of the 1 partitions")));
        // It passes on what it is asked, and what the other one answers.
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await second.Client.PublishSnapshotAsync(new()));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        await team.SendAsync(records.Take(300));
        await team.CaughtUpAsync();
        Assert.Equal(ExpectedGraphs.Hash(records.Take(300)), (await team.PublishAsync("second")).Hash);
        await team.KillAsync("first");
        await team.SendAsync(records.Skip(300));
        await second.UntilAsync("it has taken over", s => s.Partitions.Count == 1 && s.Problems.Count == 0 && s.Lag == 0);
        Assert.Equal(ExpectedGraphs.Hash(records), (await team.PublishAsync("second")).Hash);
    }

    [Fact]
    public async Task Team_NewestCheckpointsDamaged_GoesOnFromTheOnesBefore()
    {
        var records = RandomShop.Records(14, 1500, users: 100, items: 50, seconds: 1000);
        await using var team = Team();
        await team.StartAsync("a");
        await team.SendAsync(records.Take(1000));
        await team.CaughtUpAsync();
        await team.StopAsync("a");
        foreach (var place in Directory.GetDirectories(team.Folder))
            File.WriteAllText(Directory.GetFiles(place, "manifest", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)!, "damaged");

        await team.SendAsync(records.Skip(1000));
        await team.StartAsync("b");
        await team.StartAsync("c");
        await team.CaughtUpAsync();
        Assert.Equal(ExpectedGraphs.Hash(records), (await team.PublishAsync("b")).Hash);
    }

    [Fact]
    public async Task Start_TheTopicHasMorePartitionsThanBefore_IsAProblemAtEveryStart()
    {
        await using var team = Team();
        await team.StartAsync("a");
        await team.StopAsync("a");
        var note = Path.Combine(team.Folder, "partitions");
        Assert.Equal("4", await File.ReadAllTextAsync(note));
        // As if the topic had been made with fewer.
        await File.WriteAllTextAsync(note, "3");
        for (var start = 0; start < 2; start++)
        {
            var member = await team.StartAsync("a");
            await member.UntilAsync("it says so", s => s.Problems.Any(p => p.Contains("has grown from 3 to 4 partitions", StringComparison.Ordinal)));
            await team.StopAsync("a");
        }
    }

    private GraphBuilderTeam Team() => new(kafka.BootstrapServers, redis.Server);

    private async Task HasLiveStateAsync(GraphBuilderTeam team, IReadOnlyList<ShopRecord> records)
    {
        foreach (var (user, items) in ExpectedGraphs.Seen(records))
            await Wait.UntilAsync(
                $"Redis has the items seen by {user}",
                async () => (await redis.Server.Database.HashKeysAsync(team.Keys.User(user))).Select(i => (string)i!).Where(i => i.Length > 0).ToHashSet(),
                found => found.SetEquals(items));
        await Wait.UntilAsync(
            "Redis has the hidden items",
            async () => (await redis.Server.Database.SetMembersAsync(team.Keys.HiddenItems)).Select(i => (string)i!).Order(StringComparer.Ordinal),
            found => found.SequenceEqual(ExpectedGraphs.Hidden(records)));
        var popular = ExpectedGraphs.Popular(records);
        await Wait.UntilAsync(
            "Redis has the popular items",
            async () => (byte[]?)await redis.Server.Database.StringGetAsync(team.Keys.Popular) is { } bytes ? PopularItems.Parser.ParseFrom(bytes) : null,
            found => popular.Equals(found));
    }
}

using Grpc.Core;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

/// <summary>What counts as seen, by the types of events, and what as learned, by the log.</summary>
public class SeenTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const byte Click = 0b01;
    private const byte Purchase = 0b10;

    private readonly RedisServer redis = fixture.Server;

    [Theory]
    [InlineData(-3600, 100, true)] // of before the training, and in the log only after it: a phone that was offline
    [InlineData(-3600, 99, false)]
    [InlineData(+3600, 99, false)] // a clock that is fast
    [InlineData(+3600, 100, true)]
    public async Task Recommend_Touch_MovesTheVectorIfTheSnapshotHadNotReadIt(int seconds, long offset, bool moves)
    {
        await using var server = await TestServer.StartAsync(redis, ReadUntil((0, 100)));
        await server.Publisher.TouchAsync("east", At("c", seconds, Click, offset));
        Assert.Equal(moves, await ScoreAsync(server, "east", "c") > 0);
    }

    [Fact]
    public async Task Recommend_LateTouchBehindLearnedOnes_MovesTheVector()
    {
        await using var server = await TestServer.StartAsync(redis, ReadUntil((0, 100)));
        await server.Publisher.TouchAsync("east", At("a", -60, Click, 50));
        await server.Publisher.TouchAsync("east", At("c", -3600, Click, 100));
        Assert.True(await ScoreAsync(server, "east", "c") > 0);
    }

    [Fact]
    public async Task Recommend_SeveralPartitions_GoesByTheUsersOwn()
    {
        await using var server = await TestServer.StartAsync(redis, ReadUntil((0, 1000), (1, 10)));
        await server.Publisher.TouchAsync("east", At("c", -60, Click, 500), partition: 1);
        Assert.True(await ScoreAsync(server, "east", "c") > 0);
        await using var other = await TestServer.StartAsync(redis, ReadUntil((0, 1000), (1, 10)));
        await other.Publisher.TouchAsync("east", At("c", -60, Click, 500), partition: 0);
        Assert.Equal(0, await ScoreAsync(other, "east", "c"));
    }

    // Of another release, for instance: what is known besides is no worse for it.
    [Fact]
    public async Task Recommend_HistoryThatCannotBeRead_AnswersWithoutAndSaysSo()
    {
        await using var server = await TestServer.StartAsync(redis, ReadUntil((0, 100)));
        await server.Publisher.TouchAsync("east", At("c", -60, Click, 50));
        await server.Publisher.DamageHistoryAsync("east");

        var answer = await server.Client.RecommendAsync(new() { UserId = "east" });
        Assert.True(answer.HistoryUnknown);
        Assert.Contains("can't be read", answer.Reason);
        Assert.Equal(Source.Personal, answer.Source);

        using var call = server.Client.RecommendAll(new());
        var all = await call.ResponseStream.ReadAllAsync().ToListAsync();
        Assert.Contains(all, one => one.UserId == "east" && one.Response.HistoryUnknown);

        var e = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.HistoryAsync(new() { UserId = "east" }));
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Contains("restart the GraphBuilder", e.Status.Detail);
    }

    [Theory]
    [InlineData(-60, false)]
    [InlineData(+60, true)]
    public async Task Recommend_GenerationThatDoesNotSayWhatItHadRead_GoesByEventTime(int seconds, bool moves)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.TouchAsync("east", At("c", seconds, Click, 5));
        Assert.Equal(moves, await ScoreAsync(server, "east", "c") > 0);
    }

    [Fact]
    public async Task Recommend_SeenTypes_LeavesOutThoseAlone()
    {
        await using var server = await StartWithHistoryAsync();
        Assert.Empty(await IdsAsync(server));
        Assert.Equal(["a"], await IdsAsync(server, "purchase"));
        Assert.Equal(["c"], await IdsAsync(server, "click"));
        Assert.Empty(await IdsAsync(server, "purchase", "click"));
        // What is not wanted stays out; what nobody does is nobody's.
        Assert.Equal(["a", "c", "d"], await IdsAsync(server, "unheard-of"));
    }

    [Fact]
    public async Task Recommend_SeenNotExcluded_StillLeavesOutWhatIsNotWanted()
    {
        await using var server = await StartWithHistoryAsync();

        var response = await server.RecommendAsync("east", excludeSeen: false);
        using var call = server.Client.RecommendAll(new() { ExcludeSeen = false });
        var all = await call.ResponseStream.ReadAllAsync().ToListAsync();

        Assert.Equal(["a", "c", "d"], response.Items.Select(i => i.ItemId));
        Assert.Equal(response.Items, all.Single(one => one.UserId == "east").Response.Items);
    }

    [Fact]
    public async Task Recommend_ContextWithSeenTypes_IsLeftOut()
    {
        await using var server = await StartWithHistoryAsync();
        var response = await server.Client.RecommendAsync(new() { UserId = "east", SeenTypes = { "purchase" }, ContextItemIds = { "a" } });
        Assert.Empty(response.Items);
    }

    [Fact]
    public async Task Recommend_SeenTypesByConfiguration_UnlessTheRequestNamesOthers()
    {
        await using var server = await StartWithHistoryAsync("--Server:SeenTypes:0=purchase");
        Assert.Equal(["a"], await IdsAsync(server));
        Assert.Equal(["c"], await IdsAsync(server, "click"));
    }

    [Fact]
    public async Task RecommendAll_SeenTypes_CountForEachUser()
    {
        await using var server = await StartWithHistoryAsync();
        using var call = server.Client.RecommendAll(new() { SeenTypes = { "purchase" } });
        await foreach (var answer in call.ResponseStream.ReadAllAsync())
            if (answer.UserId == "east")
                Assert.Equal(["a"], answer.Response.Items.Select(i => i.ItemId));
    }

    [Fact]
    public async Task Http_SeenTypeRepeated_IsTheSame()
    {
        await using var server = await StartWithHistoryAsync();
        Assert.Contains("\"a\"", await server.Http.GetStringAsync("/v1/users/east/recommendations?seen_type=purchase"));
        Assert.DoesNotContain("\"a\"", await server.Http.GetStringAsync("/v1/users/east/recommendations?seen_type=purchase&seen_type=click"));
    }

    [Fact]
    public async Task Recommend_SeenTypesThatCanNotBe_AreRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        async Task<Status> RefusedAsync(RecommendRequest request) => (await Assert.ThrowsAsync<RpcException>(async () => await server.Client.RecommendAsync(request))).Status;
        var malformed = await RefusedAsync(new() { UserId = "east", SeenTypes = { "click", "Pur chase" } });
        Assert.Equal(StatusCode.InvalidArgument, malformed.StatusCode);
        Assert.Contains("seen_types[1]", malformed.Detail);
        Assert.Contains("exclude_seen is false", (await RefusedAsync(new() { UserId = "east", ExcludeSeen = false, SeenTypes = { "click" } })).Detail);
        Assert.Contains("at most 100", (await RefusedAsync(new() { UserId = "east", SeenTypes = { Enumerable.Repeat("click", 101) } })).Detail);
    }

    // a was clicked, b is not wanted, c was bought, d both.
    private async Task<TestServer> StartWithHistoryAsync(params string[] flags)
    {
        var server = await TestServer.StartAsync(redis, ReadUntil((0, 100)), flags);
        await server.Publisher.TouchAsync("east", At("a", -60, Click, 1));
        await server.Publisher.TouchAsync("east", At("b", -60, 0, 2) with { IsNegative = true });
        await server.Publisher.TouchAsync("east", At("c", -60, Purchase, 3));
        await server.Publisher.TouchAsync("east", At("d", -60, Click | Purchase, 4));
        return server;
    }

    private static ModelGeneration ReadUntil(params (int Partition, long Offset)[] read)
    {
        var model = TestModel.Compass();
        foreach (var (partition, offset) in read)
            model.Snapshot.ReadUntil.Add(partition, offset);
        return model;
    }

    private static Touch At(string item, int seconds, byte types, long offset) =>
        new(item, TestModel.EventTime.AddSeconds(seconds).ToUnixTimeMilliseconds(), false, types, offset);

    private static async Task<float> ScoreAsync(TestServer server, string user, string item) =>
        (await server.RecommendAsync(user, excludeSeen: false)).Items.Single(i => i.ItemId == item).Score;

    private static async Task<string[]> IdsAsync(TestServer server, params string[] types) =>
        [.. (await server.Client.RecommendAsync(new() { UserId = "east", SeenTypes = { types } })).Items.Select(i => i.ItemId)];
}

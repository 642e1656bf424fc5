using Google.Protobuf;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class OtherCallsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task RecommendBatch_SomeInvalid_AnswersTheOthersInOrder()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());

        var answers = (await server.Client.RecommendBatchAsync(new() { Requests = { new RecommendRequest { UserId = "north" }, new RecommendRequest(), new RecommendRequest { UserId = "east", K = 1 } } })).Answers;

        Assert.Equal("c", answers[0].Response.Items[0].ItemId);
        Assert.Equal(("INVALID_ARGUMENT", "user_id: is empty"), (answers[1].Error.Code, answers[1].Error.Message));
        Assert.Equal("a", Assert.Single(answers[2].Response.Items).ItemId);
    }

    [Theory]
    [InlineData(0, "requests: is empty")]
    [InlineData(101, "requests: has 101 entries; at most 100")]
    public async Task RecommendBatch_NoneOrTooMany_IsRefused(int count, string message)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());

        var e = await TestServer.FailsAsync(server.Client.RecommendBatchAsync(new() { Requests = { Enumerable.Repeat(new RecommendRequest { UserId = "east" }, count) } }).ResponseAsync);

        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.StartsWith(message, e.Status.Detail);
    }

    [Fact]
    public async Task RecommendAll_KnownAndLiveUsers_EachComesOnce()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(30, 50, 4, seed: 1));
        foreach (var user in new[] { "u3", "visitor" })
            await server.Publisher.TouchAfterTrainingAsync(user, "i1");

        using var call = server.Client.RecommendAll(new() { K = 3, Filter = new() { OnlyItemIds = { "i1", "i2", "i3", "i4", "i5" } } });
        var answers = await call.ResponseStream.ReadAllAsync().ToListAsync();

        Assert.Equal(Enumerable.Range(0, 50).Select(u => $"u{u}").Append("visitor").Order(), answers.Select(a => a.UserId).Order());
        Assert.All(answers, a => Assert.Equal(3, a.Response.Items.Count));
        Assert.DoesNotContain("i1", answers.Single(a => a.UserId == "visitor").Response.Items.Select(i => i.ItemId));
        var one = await server.Client.RecommendAsync(new() { UserId = "u7", K = 3, Filter = new() { OnlyItemIds = { "i1", "i2", "i3", "i4", "i5" } } });
        Assert.Equal(one.Items, answers.Single(a => a.UserId == "u7").Response.Items);
    }

    [Fact]
    public async Task RecommendSession_ItemsTouched_RankTheOthers()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());

        var response = await server.Client.RecommendSessionAsync(new() { ItemIds = { "c", "unheard of" }, K = 1, Explain = true });
        var nothing = await server.Client.RecommendSessionAsync(new() { ItemIds = { "unheard of" } });

        Assert.Equal(["b"], response.Items.Select(i => i.ItemId));
        Assert.Equal((Source.Personal, ""), (response.Source, response.Reason));
        Assert.Equal(("c", Evidence.Types.Kind.SimilarVector), (response.Items[0].Evidence[0].ItemId, response.Items[0].Evidence[0].Kind));
        Assert.Equal((Source.Popular, "a"), (nothing.Source, nothing.Items[0].ItemId));
        Assert.Contains("none of the items", nothing.Reason);
    }

    [Theory]
    [InlineData(0, "item_ids: is empty")]
    [InlineData(101, "item_ids: has 101 entries; at most 100")]
    public async Task RecommendSession_NoneOrTooMany_IsRefused(int count, string message)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());

        var e = await TestServer.FailsAsync(server.Client.RecommendSessionAsync(new() { ItemIds = { Enumerable.Repeat("a", count) } }).ResponseAsync);

        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.StartsWith(message, e.Status.Detail);
    }

    [Fact]
    public async Task Popular_PerCategory_HasMostUsersFirst()
    {
        var model = TestModel.Compass() with { Categories = [["x"], [], ["x"], ["x"]] };
        await using var server = await TestServer.StartAsync(redis, model);

        var all = await server.Client.PopularAsync(new() { K = 2 });
        var some = await server.Client.PopularAsync(new() { Categories = { "x" }, ExcludedItemIds = { "c" } });

        Assert.Equal([("a", 4f), ("b", 3f)], all.Items.Select(i => (i.ItemId, i.Score)));
        Assert.Equal(["a", "d"], some.Items.Select(i => i.ItemId));
        Assert.Equal(1, all.Generation.Number);
    }

    [Fact]
    public async Task Popular_BeforeTheFirstGeneration_IsWhatTheGraphBuilderCounts()
    {
        await using var server = await TestServer.StartAsync(redis);
        Assert.Equal(StatusCode.Unavailable, (await TestServer.FailsAsync(server.Client.PopularAsync(new()).ResponseAsync)).StatusCode);
        await server.Publisher.PopularAsync(("a", 5), ("b", 3));

        var found = await Wait.UntilAsync("popular items are known", async () =>
        {
            try
            {
                return await server.Client.PopularAsync(new() { Filter = new() { OnlyItemIds = { "b" } } });
            }
            catch (RpcException)
            {
                return null;
            }
        }, response => response is not null);

        Assert.Equal([("b", 3f)], found!.Items.Select(i => (i.ItemId, i.Score)));
    }

    [Fact]
    public async Task Trending_List_IsAnsweredAndFiltered()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Categories = [["x"], [], ["x"], []] });
        Assert.Equal(StatusCode.FailedPrecondition, (await TestServer.FailsAsync(server.Client.TrendingAsync(new()).ResponseAsync)).StatusCode);
        await redis.Database.StringSetAsync(server.Publisher.Keys.Trending, new TrendingItems { Version = 1, ItemIds = { "c", "new", "a" }, Scores = { 3, 2, 1 } }.ToByteArray());
        await server.Publisher.CatalogueAsync(("a", new() { Categories = { "x" } }), ("new", new() { Categories = { "x" } }), ("c", new()));

        var found = await Wait.UntilAsync("what is trending is known", async () =>
        {
            try
            {
                return await server.Client.TrendingAsync(new() { K = 2, Categories = { "x" } });
            }
            catch (RpcException)
            {
                return null;
            }
        }, response => response?.Items.Count > 0 && response.Items[0].ItemId == "new");

        Assert.Equal([("new", 2f), ("a", 1f)], found!.Items.Select(i => (i.ItemId, i.Score)));
    }

    [Fact]
    public async Task WatchGenerations_Swaps_AreToldUntilTheServerStops()
    {
        var server = await TestServer.StartAsync(redis, TestModel.Compass());
        using var call = server.Client.WatchGenerations(new());
        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
        Assert.Equal(1, call.ResponseStream.Current.Number);
        await server.Publisher.PublishAsync(2, TestModel.Compass());

        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
        Assert.Equal(2, call.ResponseStream.Current.Number);
        var next = call.ResponseStream.MoveNext(default);
        await server.StopAsync();

        var e = await Assert.ThrowsAsync<RpcException>(() => next.WaitAsync(Wait.Patience));
        // Cancelled: the connection closed before the status came.
        Assert.True(e.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled, e.ToString());
        await server.DisposeAsync();
    }
}

using Grpc.Core;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

/// <summary>Items with the attributes that a request asks for.</summary>
public class AttributesTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommend_AttributesAsked_ComeAsFarAsItemsHaveThem()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.CatalogueAsync(TestModel.Titles("a", "c"));

        var answer = await server.Client.RecommendAsync(new() { UserId = "east", K = 3, Attributes = { "title", "size" } });
        var without = await server.RecommendAsync("east", 3);

        Assert.Equal([("a", "title=The a"), ("b", ""), ("c", "title=The c")], answer.Items.Select(i => (i.ItemId, Text(i))));
        Assert.Equal(("", false), (answer.Reason, answer.AttributesUnknown));
        Assert.All(without.Items, item => Assert.Empty(item.Attributes));
    }

    [Fact]
    public async Task Recommend_BeforeTheFirstGeneration_HasThemToo()
    {
        await using var server = await TestServer.StartAsync(redis);
        await server.Publisher.PopularAsync(("a", 5));
        await server.Publisher.CatalogueAsync(TestModel.Titles("a"));

        var answer = await Wait.UntilAsync(
            "popular items are known", async () => await server.Client.RecommendAsync(new() { UserId = "u", Attributes = { "title" } }), answer => answer.Items.Count > 0);

        Assert.Equal("title=The a", Text(answer.Items.Single()));
    }

    [Fact]
    public async Task RecommendAll_AttributesAsked_ComeWithEveryUsersItems()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.CatalogueAsync(TestModel.Titles("a", "b", "c", "d"));

        using var call = server.Client.RecommendAll(new() { K = 2, Attributes = { "price" } });
        var answers = await call.ResponseStream.ReadAllAsync().ToListAsync();

        Assert.Equal(3, answers.Count);
        Assert.All(answers.SelectMany(a => a.Response.Items), item => Assert.Equal("price=9 €", Text(item)));
    }

    [Fact]
    public async Task Client_OfThePackage_GetsAHistoryWithTitles()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.CatalogueAsync(TestModel.Titles("a"));
        await server.Publisher.TouchAsync("ada", "a", TestModel.EventTime);
        using var client = new RecommenderClient(server.Endpoints.Grpc);

        var history = await client.HistoryAsync(new() { UserId = "ada", Attributes = { "title" } });

        Assert.Equal("The a", history.Items.Single().Attributes["title"]);
    }

    [Theory]
    [InlineData(33, "title", "attributes: has 33 entries; at most 32")]
    [InlineData(1, "", "attributes[0]: is empty")]
    [InlineData(2, "\u0001", "attributes[0]: has a control character (U+0001) at position 0")]
    public async Task AnyCall_BadNames_IsInvalidArgument(int count, string name, string message)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var names = Enumerable.Repeat(name, count).ToArray();
        var client = server.Client;
        Task[] calls =
        [
            client.RecommendAsync(new() { UserId = "east", Attributes = { names } }).ResponseAsync,
            client.RecommendSessionAsync(new() { ItemIds = { "a" }, Attributes = { names } }).ResponseAsync,
            client.SimilarItemsAsync(new() { ItemId = "a", Attributes = { names } }).ResponseAsync,
            client.PopularAsync(new() { Attributes = { names } }).ResponseAsync,
            client.TrendingAsync(new() { Attributes = { names } }).ResponseAsync,
            client.HistoryAsync(new() { UserId = "east", Attributes = { names } }).ResponseAsync,
            client.RecommendAll(new() { Attributes = { names } }).ResponseStream.MoveNext(),
        ];
        foreach (var call in calls)
        {
            var e = await Assert.ThrowsAsync<RpcException>(() => call);
            Assert.Equal((StatusCode.InvalidArgument, message), (e.StatusCode, e.Status.Detail));
        }
    }

    [Fact]
    public async Task AnyCall_RedisDown_AnswersWithoutAndSaysSo()
    {
        await using var own = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(own, TestModel.Compass());
        await server.Publisher.CatalogueAsync(TestModel.Titles("a"));
        Assert.Equal("title=The a", Text((await server.Client.RecommendAsync(new() { UserId = "east", Attributes = { "title" } })).Items[0]));

        await own.StopAsync();
        var answer = await server.Client.RecommendAsync(new() { UserId = "east", Attributes = { "title" } });
        var session = await server.Client.RecommendSessionAsync(new() { ItemIds = { "b" }, Attributes = { "title" } });
        var similar = await server.Client.SimilarItemsAsync(new() { ItemId = "b", Attributes = { "title" } });
        var popular = await server.Client.PopularAsync(new() { Attributes = { "title" } });

        Assert.Equal(("a", "", true), (answer.Items[0].ItemId, Text(answer.Items[0]), answer.AttributesUnknown));
        Assert.Contains("Redis does not say what the items' attributes are", answer.Reason);
        Assert.Equal("Redis does not say what the items' attributes are: some come without.", session.Reason);
        Assert.True(similar is { AttributesUnknown: true, Items: [{ ItemId: "a" }, ..] } && popular is { AttributesUnknown: true, Items: [{ ItemId: "a" }, ..] });
        // Who asks for none misses nothing.
        Assert.False((await server.Client.PopularAsync(new())).AttributesUnknown);
    }

    [Fact]
    public async Task Popular_RedisHangs_DoesNotWaitUntilItAnswers()
    {
        await using var own = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(
            own, TestModel.Compass(), "--Server:HistoryTimeout=00:00:00.050", "--Redis:CommandTimeout=00:01:00");
        await server.Publisher.CatalogueAsync(TestModel.Titles("a"));
        await own.Database.ExecuteAsync("CLIENT", "PAUSE", "20000");

        var popular = await server.Client.PopularAsync(new() { Attributes = { "title" } });

        Assert.True(popular.AttributesUnknown);
        Assert.Equal(4, popular.Items.Count);
    }

    [Fact]
    public async Task Recommend_DamagedEntry_SaysSoAndAnswers()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.CatalogueAsync(TestModel.Titles("a", "b"));
        await redis.Database.HashSetAsync(server.Publisher.Keys.CatalogueItems, "b", new byte[] { 0xff });

        var answer = await server.Client.RecommendAsync(new() { UserId = "east", K = 2, Attributes = { "title" } });

        Assert.Equal([("a", "title=The a"), ("b", "")], answer.Items.Select(i => (i.ItemId, Text(i))));
        Assert.True(answer.AttributesUnknown);
    }

    private static string Text(ScoredItem item) => string.Join(' ', item.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}"));
}

using System.Net;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class BeforeTheFirstGenerationTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommend_NoEvents_IsUnavailableAndSaysWhy()
    {
        await using var server = await TestServer.StartAsync(redis);
        await Wait.UntilAsync("Redis has been polled", async () => (await server.StatusAsync()).Problem == "");
        var e = await TestServer.FailsAsync(server.RecommendAsync("u"));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Contains("No generation has been published and no event has been read yet", e.Status.Detail);
    }

    [Fact]
    public async Task Recommend_SomeEvents_AnswersPopularItemsUnderTheSameFilters()
    {
        await using var server = await WithPopularAsync();
        await server.Publisher.TouchAfterTrainingAsync("u", "a");
        var response = await server.RecommendAsync("u", 2, excluded: ["b"]);
        Assert.Equal(["c", "d"], response.Items.Select(i => i.ItemId));
        Assert.Equal([2f, 1f], response.Items.Select(i => i.Score));
        Assert.Equal(Source.Popular, response.Source);
        Assert.Equal("No generation has been published yet.", response.Reason);
        Assert.Null(response.Generation);
        Assert.Equal(["a", "c"], (await server.RecommendAsync("u", 2, excludeSeen: false, excluded: ["b"])).Items.Select(i => i.ItemId));
    }

    [Fact]
    public async Task Recommend_HiddenItem_IsNotShown()
    {
        await using var server = await WithPopularAsync();
        await server.Publisher.HideAsync("a");
        await Wait.UntilAsync("the hidden item is left out", async () => (await server.RecommendAsync("u")).Items[0].ItemId == "b");
    }

    [Fact]
    public async Task Recommend_Categories_FailsBecauseNoneIsKnown()
    {
        await using var server = await WithPopularAsync();
        var e = await TestServer.FailsAsync(server.RecommendAsync("u", categories: ["shoes"]));
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Contains("categories are not known", e.Status.Detail);
    }

    [Fact]
    public async Task SimilarItems_NoGeneration_Fails()
    {
        await using var server = await WithPopularAsync();
        var e = await TestServer.FailsAsync(server.Client.SimilarItemsAsync(new() { ItemId = "a" }).ResponseAsync);
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
    }

    [Fact]
    public async Task GetStatus_NoGeneration_HasNone()
    {
        await using var server = await TestServer.StartAsync(redis);
        await Wait.UntilAsync("Redis has been polled", async () => (await server.StatusAsync()).Problem == "");
        Assert.Null((await server.StatusAsync()).Generation);
    }

    [Fact]
    public async Task Readyz_FirstPopularItems_BecomesReady()
    {
        await using var server = await TestServer.StartAsync(redis);
        using (var response = await server.Http.GetAsync("/readyz"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Contains("no generation and nothing popular yet", await response.Content.ReadAsStringAsync());
        }
        await server.Publisher.PopularAsync(("a", 1));
        await Wait.UntilAsync("the Server is ready", async () => (await server.Http.GetAsync("/readyz")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task PopularItems_Damaged_AreRefusedAndReported()
    {
        await using var server = await TestServer.StartAsync(redis);
        await redis.Database.StringSetAsync(server.Publisher.Keys.Popular, new byte[] { 8, 9, 255 });
        await server.ProblemAsync("popular items");
    }

    private async Task<TestServer> WithPopularAsync()
    {
        var server = await TestServer.StartAsync(redis);
        await server.Publisher.PopularAsync(("a", 4), ("b", 3), ("c", 2), ("d", 1));
        await server.KnowsWhatIsPopularAsync();
        return server;
    }
}

using System.Net;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.UnitTests.Fixtures;

namespace Rearm.Streaming.Server.UnitTests.Services;

public class BeforeTheFirstGenerationTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task Recommend_NoEvents_IsUnavailableAndSaysWhy()
    {
        await using var server = await TestServer.StartAsync(redis);
        await Until.True(async () => (await server.StatusAsync()).Problem == "", "the first look at Redis");
        var e = await TestServer.FailsAsync(server.RecommendAsync("u"));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Contains("No generation has been published and no event has been read yet", e.Status.Detail);
    }

    [Fact]
    public async Task Recommend_SomeEvents_GivesWhatIsPopularUnderTheSameFilters()
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
        await Until.True(async () => (await server.RecommendAsync("u")).Items[0].ItemId == "b", "the hidden item to leave");
    }

    [Fact]
    public async Task Recommend_Categories_FailsBecauseTheyAreNotKnown()
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
        await Until.True(async () => (await server.StatusAsync()).Problem == "", "the first look at Redis");
        Assert.Null((await server.StatusAsync()).Generation);
    }

    [Fact]
    public async Task Readiness_ComesWithTheFirstEvents()
    {
        await using var server = await TestServer.StartAsync(redis);
        using (var response = await server.Http.GetAsync("/readyz"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Contains("no generation and nothing popular yet", await response.Content.ReadAsStringAsync());
        }
        await server.Publisher.PopularAsync(("a", 1));
        await Until.True(async () => (await server.Http.GetAsync("/readyz")).IsSuccessStatusCode, "readiness");
    }

    [Fact]
    public async Task PopularItems_Damaged_AreRefusedAndSaid()
    {
        await using var server = await TestServer.StartAsync(redis);
        await redis.Database.StringSetAsync(server.Publisher.Keys.Popular, new byte[] { 8, 9, 255 });
        Assert.Contains("popular items", await server.ProblemAsync());
    }

    private async Task<TestServer> WithPopularAsync()
    {
        var server = await TestServer.StartAsync(redis);
        await server.Publisher.PopularAsync(("a", 4), ("b", 3), ("c", 2), ("d", 1));
        await Until.True(async () => (await server.Http.GetAsync("/readyz")).IsSuccessStatusCode, "readiness");
        return server;
    }
}

using System.Net;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class RedisOutageTests
{
    [Fact]
    public async Task Recommend_RedisDown_AnswersFromMemoryAndSaysWhatIsMissing()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.TouchBeforeTrainingAsync("east", "a");
        Assert.False((await server.RecommendAsync("east")).HistoryUnknown);

        await redis.StopAsync();
        var response = await server.RecommendAsync("east");
        Assert.Equal(["a", "b", "c", "d"], response.Items.Select(i => i.ItemId));
        Assert.Equal(Source.Personal, response.Source);
        Assert.True(response.HistoryUnknown);
        Assert.Equal("Redis does not answer: what the user touched is not known, so that items seen may be among these.", response.Reason);
        Assert.Contains("Redis does not answer", await server.ProblemAsync());
        Assert.Equal(1, (await server.StatusAsync()).Generation.Number);
        using var ready = await server.Http.GetAsync("/readyz");
        // It stays in rotation, because it still answers, and says what is wrong.
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains("Redis does not answer", await ready.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Recommend_RedisHangs_DoesNotWaitBeyondTheTimeout()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:HistoryTimeout=00:00:00.050");
        await redis.Database.ExecuteAsync("CLIENT", "PAUSE", "60000");
        var response = await server.RecommendAsync("east");
        Assert.True(response.HistoryUnknown);
        Assert.Equal(4, response.Items.Count);
    }

    [Fact]
    public async Task Follower_RedisBackEmpty_KeepsServingAndFollowsTheNextGeneration()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await redis.StopAsync();
        Assert.Contains("Redis does not answer", await server.ProblemAsync());
        await redis.StartAsync();
        await Wait.UntilAsync("the empty Redis is noticed", async () => (await server.StatusAsync()).Problem.Contains("names no current generation"));
        Assert.Equal(1, (await server.RecommendAsync("east")).Generation.Number);

        // An emptied Redis counts from one again, so the number alone does not tell this generation from the one in memory.
        await server.Publisher.PublishAsync(1, TestModel.Of([("other", [1, 0])], ("east", [1, 0])));
        await Wait.UntilAsync("the new generation 1 is served", async () => (await server.RecommendAsync("east")).Items[0].ItemId == "other");
        Assert.Equal("", (await server.StatusAsync()).Problem);
    }

    [Fact]
    public async Task Server_RedisNotUpYet_StartsAndWaits()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await redis.StopAsync();
        await using var server = await TestServer.StartAsync(redis);
        Assert.Contains("Redis does not answer", await server.ProblemAsync());
        var e = await TestServer.FailsAsync(server.RecommendAsync("u"));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Contains("Redis does not answer", e.Status.Detail);
        await redis.StartAsync();
        await server.Publisher.PublishAsync(3, TestModel.Compass());
        await server.ServesAsync(3);
    }
}

using System.Net;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Server.Catalogue;
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
        Assert.False(response.VectorUnknown);
        Assert.Equal("Redis does not answer: what the user touched is not known, so that items seen may be among these.", response.Reason);
        await server.ProblemAsync("Redis does not answer");
        Assert.Equal(1, (await server.StatusAsync()).Generation.Number);
        using var ready = await server.Http.GetAsync("/readyz");
        // It stays in rotation, because it still answers, and says what is wrong.
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains("Redis does not answer", await ready.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Recommend_RedisDownAndUserNotAnsweredLately_SaysThatTheVectorIsNotKnown()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await redis.StopAsync();

        var response = await server.RecommendAsync("east");
        var session = await server.Client.RecommendAsync(new() { UserId = "east", ContextItemIds = { "c" } });

        Assert.True(response is { VectorUnknown: true, HistoryUnknown: true, Source: Source.Popular });
        Assert.StartsWith("The user's vector is not known. Redis does not answer", response.Reason, StringComparison.Ordinal);
        Assert.Equal(4, response.Items.Count);
        Assert.True(session is { VectorUnknown: true, Source: Source.Personal });
        Assert.StartsWith("The user's vector is not known: ranked by the 1 newest items touched. Redis", session.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recommend_RedisDownAfterAnErasure_DoesNotUseTheCachedVector()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        Assert.Equal(Source.Personal, (await server.RecommendAsync("east")).Source);
        await server.Publisher.EraseAsync("east", DateTimeOffset.UtcNow);
        await Wait.UntilAsync("the erasure is known", async () => (await server.RecommendAsync("east")).Source == Source.Popular);

        await redis.StopAsync();
        var response = await server.RecommendAsync("east");

        Assert.True(response is { Source: Source.Popular, VectorUnknown: false, HistoryUnknown: true });
    }

    [Fact]
    public async Task Recommend_RedisDownAfterAnErasure_DoesNotGoOnByWhatTheUserTouched()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.TouchAfterTrainingAsync("visitor", "c");
        var request = new RecommendRequest { UserId = "visitor", K = 1 };
        request.PageToken = (await server.Client.RecommendAsync(request)).NextPageToken;
        await server.Publisher.EraseAsync("visitor", DateTimeOffset.UtcNow);
        var follower = server.Services.GetRequiredService<GenerationFollower>();
        await Wait.UntilAsync("the erasure is known", () => Task.FromResult(follower.Current.IsErased("visitor")));

        await redis.StopAsync();

        Assert.Equal(StatusCode.FailedPrecondition, (await TestServer.FailsAsync(server.Client.RecommendAsync(request).ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Recommend_NoCache_HasNoVectorsWhileRedisIsDown()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:CachedUsers=0");
        Assert.False((await server.RecommendAsync("east")).VectorUnknown);

        await redis.StopAsync();

        Assert.True((await server.RecommendAsync("east")).VectorUnknown);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("another generation's")]
    public async Task Recommend_VectorThatCannotBeUsed_SaysSo(string what)
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var key = server.Publisher.Keys.UserVector(1, "east");
        var bytes = (byte[])(await redis.Database.StringGetAsync(key))!;
        await redis.Database.StringSetAsync(key, what == "truncated" ? bytes[..^1] : UserVectorCodec.Write([2, 0], VectorPrecision.Half, seed: 1));

        var response = await server.RecommendAsync("east");

        Assert.True(response is { VectorUnknown: true, HistoryUnknown: false, Source: Source.Popular });
        Assert.Equal("The user's vector in Redis is damaged.", response.Reason);
        Assert.False((await server.RecommendAsync("north")).VectorUnknown);
    }

    [Fact]
    public async Task Recommend_RedisHangs_DoesNotWaitUntilItAnswers()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(
            redis, TestModel.Compass(), "--Server:HistoryTimeout=00:00:00.050", "--Redis:CommandTimeout=00:01:00");
        await redis.Database.ExecuteAsync("CLIENT", "PAUSE", "20000");
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
        await server.ProblemAsync("Redis does not answer");
        await redis.StartAsync();
        await Wait.UntilAsync(
            "the empty Redis is noticed", async () => (await server.StatusAsync()).Problem,
            problem => problem.Contains("names no current generation") && problem.Contains("rearm models train"));
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
        await server.ProblemAsync("Redis does not answer");
        var e = await TestServer.FailsAsync(server.RecommendAsync("u"));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Contains("Redis does not answer", e.Status.Detail);
        await redis.StartAsync();
        await server.Publisher.PublishAsync(3, TestModel.Compass());
        await server.ServesAsync(3);
    }
}

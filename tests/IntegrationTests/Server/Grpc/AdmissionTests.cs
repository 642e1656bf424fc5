using System.Net;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Server;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class AdmissionTests
{
    [Fact]
    public async Task Calls_MoreThanMayRun_AreRefusedAtOnceWhileTheOthersAreAnswered()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(
            redis, TestModel.Compass(), "--Server:MaxRunningCalls=2", "--Server:HistoryTimeout=00:01:00", "--Redis:CommandTimeout=00:10:00");
        await redis.Database.ExecuteAsync("CLIENT", "PAUSE", "60000");
        // Two that wait for Redis are all that may run.
        var running = new Task<RecommendResponse>?[2];
        await Wait.UntilAsync("both run", async () =>
        {
            // One that met the call below is refused itself, and tries again.
            for (var i = 0; i < running.Length; i++)
                if (running[i] is not { IsCompleted: false })
                    running[i] = server.RecommendAsync("east");
            return await RefusalAsync(server) is not null && running.All(call => call is { IsCompleted: false });
        });

        var refusal = (await RefusalAsync(server))!;
        using var http = await server.Http.GetAsync("/v1/popular");
        var status = await server.StatusAsync();

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal("2 calls run already, which is the limit (Server:MaxRunningCalls).", refusal.Status.Detail);
        Assert.Equal("50", refusal.Trailers.GetValue("grpc-retry-pushback-ms"));
        Assert.Equal(HttpStatusCode.TooManyRequests, http.StatusCode);
        Assert.Contains("RESOURCE_EXHAUSTED", await http.Content.ReadAsStringAsync());
        // What operators ask is answered whatever the load.
        Assert.Equal(1, status.Generation.Number);
        Assert.DoesNotContain(running, call => call!.IsCompleted);

        await redis.StopAsync();
        Assert.All(await Task.WhenAll(running!), response => Assert.NotEmpty(response.Items));
        Assert.Null(await RefusalAsync(server));
    }

    [Fact]
    public async Task Batch_Runs_TakesAsMuchRoomAsItHasRequests()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(
            redis, TestModel.Compass(), "--Server:MaxRunningCalls=4", "--Server:HistoryTimeout=00:01:00", "--Redis:CommandTimeout=00:10:00");
        var admission = server.Services.GetRequiredService<Admission>();
        var batch = new RecommendBatchRequest { Requests = { Enumerable.Repeat(new RecommendRequest { UserId = "east" }, 10) } };
        await redis.Database.ExecuteAsync("CLIENT", "PAUSE", "60000");

        var running = server.Client.RecommendBatchAsync(batch);
        await Wait.UntilAsync("the batch runs", () => Task.FromResult(admission.Running), answers => answers == 10);
        var refused = await TestServer.FailsAsync(server.Client.RecommendBatchAsync(batch).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Equal("4 calls run already, which is the limit (Server:MaxRunningCalls).", refused.Status.Detail);
        Assert.NotNull(await RefusalAsync(server));

        await redis.StopAsync();
        Assert.Equal(10, (await running).Answers.Count);
        Assert.Null(await RefusalAsync(server));
    }

    [Fact]
    public async Task RecommendAll_NoRoom_WaitsForIt()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:MaxRunningCalls=4");
        var admission = server.Services.GetRequiredService<Admission>();
        Assert.True(admission.TryEnter(4));

        using var call = server.Client.RecommendAll(new());
        var first = call.ResponseStream.MoveNext(default);
        Assert.NotNull(await RefusalAsync(server));
        Assert.False(first.IsCompleted);
        admission.Leave(4);

        Assert.True(await first.WaitAsync(Wait.Patience));
        var users = new List<string> { call.ResponseStream.Current.UserId };
        while (await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience))
            users.Add(call.ResponseStream.Current.UserId);
        Assert.Equal(["blank", "east", "north"], users.Order());
        Assert.Equal(0, admission.Running);
    }

    [Fact]
    public async Task Recommend_RedisHasBeenSilent_DoesNotWaitAgainUntilItAnswers()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:HistoryTimeout=00:00:00.500");
        await server.Publisher.TouchBeforeTrainingAsync("east", "a");
        await Wait.UntilAsync("Redis answers in time", async () => !(await server.RecommendAsync("east")).HistoryUnknown);
        await redis.Database.ExecuteAsync("CLIENT", "PAUSE", "60000");
        Assert.True((await server.RecommendAsync("east")).HistoryUnknown);

        // One after the other: if each waited, it would take a minute.
        var answers = Task.Run(async () =>
        {
            for (var i = 0; i < 120; i++)
                Assert.True((await server.RecommendAsync("east")).HistoryUnknown);
        });
        await answers.WaitAsync(TimeSpan.FromSeconds(30));

        await redis.StopAsync();
        await redis.StartAsync();
        await Wait.UntilAsync("Redis is asked again", async () => !(await server.RecommendAsync("east")).HistoryUnknown);
    }

    [Fact]
    public async Task Recommend_RedisIsGone_DoesNotWaitForIt()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(
            redis, TestModel.Compass(), "--Server:HistoryTimeout=00:01:00", "--Redis:CommandTimeout=00:10:00");
        Assert.False((await server.RecommendAsync("east")).HistoryUnknown);

        await redis.StopAsync();

        Assert.True((await server.RecommendAsync("east").WaitAsync(TimeSpan.FromSeconds(30))).HistoryUnknown);
    }

    private static async Task<RpcException?> RefusalAsync(TestServer server)
    {
        try
        {
            await server.Client.PopularAsync(new());
            return null;
        }
        catch (RpcException e)
        {
            return e;
        }
    }
}

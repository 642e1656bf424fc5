using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Pipeline;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Server;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Rearm.Streaming.IntegrationTests.Server;

/// <summary>How a Server goes.</summary>
public sealed class DrainTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Sigterm_UnderLoad_IsNotReadyFirstAndFailsNoCall()
    {
        var prefix = $"test-{Guid.NewGuid():N}";
        await new Publisher(fixture.Server, new RedisKeys(prefix)).PublishAsync(1, TestModel.Compass());
        await using var server = new ServiceProcess("Server", new Dictionary<string, string?>
        {
            ["Redis__Configuration"] = fixture.Server.Configuration,
            ["Redis__KeyPrefix"] = prefix,
            // Longer than it takes to see it, on a busy machine too.
            ["Endpoints__DrainDelay"] = "00:00:30",
        });
        await server.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http };
        await Wait.UntilAsync("it is ready", async () => await ReadyAsync(http) == HttpStatusCode.OK, server.Process);
        var (recommender, health) = (new Recommender.RecommenderClient(server.Channel), new Health.HealthClient(server.Channel));
        var isReady = true;
        Func<Task> grpcCall = async () => Assert.NotEmpty((await recommender.RecommendAsync(new() { UserId = "east" })).Items);
        Func<Task> httpCall = async () => Assert.NotEmpty(await http.GetStringAsync("/v1/users/east/recommendations"));
        Task[] load = [.. new[] { grpcCall, grpcCall, grpcCall, httpCall, httpCall }.Select(call => Task.Run(() => LoadAsync(call)))];

        var exit = server.StopAsync();
        await Wait.UntilAsync("it is not ready", async () => await ReadyAsync(http) == HttpStatusCode.ServiceUnavailable, server.Process);
        Volatile.Write(ref isReady, false);
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);
        await Task.WhenAll(load).WaitAsync(Wait.Patience);
        Assert.False(exit.IsCompleted);

        Assert.Equal(0, await exit);
        await Assert.ThrowsAsync<HttpRequestException>(httpCall);

        // As one who distributes calls does: until it sees that the Server is not ready, and a while longer.
        async Task LoadAsync(Func<Task> call)
        {
            while (Volatile.Read(ref isReady))
                await call();
            for (var i = 0; i < 20; i++)
                await call();
        }
    }

    [Fact]
    public async Task Stop_CallRuns_IsAnsweredWhenNobodyListensAnyMore()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:HistoryTimeout=00:01:00", "--Redis:CommandTimeout=00:10:00");
        var admission = server.Services.GetRequiredService<Admission>();
        await redis.Database.ExecuteAsync("CLIENT", "PAUSE", "60000");
        var calls = (server.RecommendAsync("east"), server.Http.GetStringAsync("/v1/users/east/recommendations"));
        await Wait.UntilAsync("both run", () => Task.FromResult(admission.Running), running => running == 2);

        var stopping = server.StopAsync();
        await Wait.UntilAsync("nobody listens", async () => !await ListensAsync(server.Endpoints.Grpc) && !await ListensAsync(server.Endpoints.Http));
        await redis.StopAsync();

        Assert.NotEmpty((await calls.Item1).Items);
        Assert.NotEmpty(await calls.Item2);
        await stopping.WaitAsync(Wait.Patience);
    }

    [Fact]
    public async Task RecommendAll_ServerStops_EndsUnavailableAndSaysWhatToDo()
    {
        const int Users = 3000;
        // So much that it is still running while its caller reads nothing.
        await using var server = await TestServer.StartAsync(fixture.Server, TestModel.Random(1000, Users, 4, seed: 1));
        using var call = server.Client.RecommendAll(new() { K = 1000 });
        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));

        var stopping = server.StopAsync();
        var answers = 1;
        var e = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience))
                answers++;
        });

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Equal("The service is stopping; users are missing: ask another Server for all of them.", e.Status.Detail);
        Assert.InRange(answers, 1, Users - 1);
        await stopping.WaitAsync(Wait.Patience);
    }

    private static async Task<bool> ListensAsync(Uri address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<HttpStatusCode> ReadyAsync(HttpClient http)
    {
        using var response = await http.GetAsync("/readyz");
        return response.StatusCode;
    }
}

using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Server;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

/// <summary>Work for a call that is gone ends, and makes room for others: here for one that would wait for Redis for a minute.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    // Far less than Redis is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Calls_DeadlineExceeded_EndAndMakeRoom()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await StartAsync(redis);
        var batch = new RecommendBatchRequest { Requests = { Enumerable.Repeat(new RecommendRequest { UserId = "east" }, 5) } };
        await redis.Database.ExecuteAsync("CLIENT", "PAUSE", "120000");

        var errors = await Task.WhenAll(
            TestServer.FailsAsync(server.Client.RecommendAsync(new() { UserId = "east" }, deadline: DateTime.UtcNow + Soon).ResponseAsync),
            TestServer.FailsAsync(server.Client.RecommendBatchAsync(batch, deadline: DateTime.UtcNow + Soon).ResponseAsync)).WaitAsync(Patience);

        Assert.All(errors, e => Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode));
        await HasRoomAsync(server);
    }

    [Fact]
    public async Task Recommend_DeadlineThatOnlyTheServerKnows_IsExceeded()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await StartAsync(redis);
        await redis.Database.ExecuteAsync("CLIENT", "PAUSE", "120000");
        var message = new RecommendRequest { UserId = "east" }.ToByteArray();
        // Not compressed, and its length.
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Endpoints.Grpc, "/rearm.v1.Recommender/Recommend"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "te", "trailers" }, { "grpc-timeout", "200m" } },
            Content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]) { Headers = { ContentType = new("application/grpc") } },
        };

        using var client = new HttpClient();
        using var response = await client.SendAsync(request).WaitAsync(Patience);
        await response.Content.ReadAsByteArrayAsync();

        var status = response.TrailingHeaders.Concat(response.Headers).Single(header => header.Key == "grpc-status");
        Assert.Equal([$"{(int)StatusCode.DeadlineExceeded}"], status.Value);
        await HasRoomAsync(server);
    }

    [Fact]
    public async Task Calls_CallerHasGone_EndAndMakeRoom()
    {
        await using var redis = await RedisServer.StartNewAsync();
        await using var server = await StartAsync(redis);
        var admission = server.Services.GetRequiredService<Admission>();
        await redis.Database.ExecuteAsync("CLIENT", "PAUSE", "120000");
        using var gone = new CancellationTokenSource();
        var http = server.Http.GetAsync("/v1/users/east/recommendations", gone.Token);
        var grpc = server.Client.RecommendAsync(new() { UserId = "east" }, cancellationToken: gone.Token).ResponseAsync;
        var one = new RecommendBatchRequest { Requests = { new RecommendRequest { UserId = "east" } } };
        var batch = server.Client.RecommendBatchAsync(one, cancellationToken: gone.Token).ResponseAsync;
        await Wait.UntilAsync("all run", () => Task.FromResult(admission.Running), running => running == 3);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http);
        Assert.Equal(StatusCode.Cancelled, (await TestServer.FailsAsync(grpc)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, (await TestServer.FailsAsync(batch)).StatusCode);
        await HasRoomAsync(server);
    }

    private static Task<TestServer> StartAsync(RedisServer redis) =>
        TestServer.StartAsync(redis, TestModel.Compass(), "--Server:HistoryTimeout=00:01:00", "--Redis:CommandTimeout=00:10:00");

    // Redis is silent still, so nothing else has ended the calls.
    private static async Task HasRoomAsync(TestServer server)
    {
        var admission = server.Services.GetRequiredService<Admission>();
        await Wait.UntilAsync("no call runs", () => Task.FromResult(admission.Running), running => running == 0).WaitAsync(Patience);
        Assert.NotEmpty((await server.Client.PopularAsync(new())).Items);
    }
}

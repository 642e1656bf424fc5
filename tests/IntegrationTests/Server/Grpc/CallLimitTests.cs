using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Server;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

/// <summary>How many calls a key may make of a Server.</summary>
public sealed class CallLimitTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    // Slow enough that what was taken does not come back while a test looks.
    private const string Reason = "The key of shop may make 1 calls a second; ";

    private static readonly Metadata Shop = Key("shop");

    [Fact]
    public async Task Calls_MoreThanTheKeyMayMake_AreExhaustedAndSayWhenToTryAgain()
    {
        await using var server = await StartAsync();

        // Until its hundred are used up; a second brings one back.
        var grpc = await Wait.UntilAsync(
            "a call is refused", () => RefusalAsync(() => server.Client.PopularAsync(new(), Shop).ResponseAsync), e => e is not null);
        var mailing = await Wait.UntilAsync("RecommendAll is refused", () => RefusalAsync(async () =>
        {
            using var call = server.Client.RecommendAll(new(), Shop);
            return await call.ResponseStream.MoveNext(default);
        }), e => e is not null);
        var http = await Wait.UntilAsync(
            "a call over HTTP is refused", () => SendAsync(server, HttpMethod.Get, "/v1/popular"), r => r.Status != HttpStatusCode.OK);

        Assert.All([grpc!, mailing!], e => Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode));
        Assert.All([grpc!, mailing!], e => Assert.Equal($"{Reason}this one is too many by now.", e.Status.Detail));
        Assert.Equal("1", grpc!.Trailers.GetValue("retry-after"));
        Assert.Equal((HttpStatusCode.TooManyRequests, "1"), (http.Status, http.RetryAfter));
        Assert.Contains($"{Reason}this one is too many by now.", http.Body);
        // The others' allowances are their own, and what operators ask is not counted.
        await server.Client.PopularAsync(new(), Key("other"));
        await StatusAsync(server);
        var metrics = await server.Http.GetStringAsync("/metrics");
        Assert.Matches("(?m)^rearm_access_refusals_total{(?=.*caller=\"shop\")(?=.*reason=\"limit\").*} ", metrics);
        Assert.Equal(0, server.Services.GetRequiredService<Admission>().Running);
    }

    [Fact]
    public async Task Batch_CountsItsRequests()
    {
        await using var server = await StartAsync();
        var batch = new RecommendBatchRequest { Requests = { Enumerable.Repeat(new RecommendRequest { UserId = "east" }, 100) } };
        Assert.Equal(100, (await server.Client.RecommendBatchAsync(batch, Shop)).Answers.Count);

        var grpc = (await RefusalAsync(() => server.Client.RecommendBatchAsync(batch, Shop).ResponseAsync))!;
        var body = JsonContent.Create(new { requests = Enumerable.Repeat(new { user_id = "east" }, 100) });
        var http = await SendAsync(server, HttpMethod.Post, "/v1/recommendations/batch", body);

        Assert.Equal((StatusCode.ResourceExhausted, $"{Reason}these 100 are too many by now."), (grpc.StatusCode, grpc.Status.Detail));
        Assert.Equal((HttpStatusCode.TooManyRequests, true), (http.Status, int.Parse(http.RetryAfter!) > 1));
        Assert.Contains("these 100 are too many", http.Body);
        Assert.Equal(0, server.Services.GetRequiredService<Admission>().Running);
    }

    private async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync(
            fixture.Server, model: null,
            $"--Access:Keys:shop:Hash={HashOf("shop")}", "--Access:Keys:shop:CallsPerSecond=1", $"--Access:Keys:other:Hash={HashOf("other")}");
        await server.Publisher.PublishAsync(1, TestModel.Compass());
        await Wait.UntilAsync("the generation is served", async () => (await StatusAsync(server)).Generation?.Number == 1);
        return server;
    }

    private static async Task<GetStatusResponse> StatusAsync(TestServer server) => await server.Client.GetStatusAsync(new(), Shop);

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Metadata Key(string key) => new() { { "x-api-key", key } };

    private static async Task<RpcException?> RefusalAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (RpcException e)
        {
            return e;
        }
    }

    private static async Task<(HttpStatusCode Status, string? RetryAfter, string Body)> SendAsync(
        TestServer server, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("x-api-key", "shop");
        using var response = await server.Http.SendAsync(request);
        return (response.StatusCode, response.Headers.RetryAfter?.ToString(), await response.Content.ReadAsStringAsync());
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Ingestor.Publishing;
using Rearm.Streaming.Ingestor.UnitTests.Running;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Shops;
using Status = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Ingestor.UnitTests;

/// <summary>What callers with a key may send, and how much of it.</summary>
public sealed class AccessTests(MockBroker broker) : IClassFixture<MockBroker>
{
    private static readonly FakeTimeProvider Clock = new(TestEvents.Time);
    private static readonly Metadata Shop = new() { { "authorization", "Bearer shop" } };
    private static readonly Metadata Ops = new() { { "x-api-key", "ops" } };

    [Fact]
    public async Task Ingest_WithoutAKey_IsUnauthenticated()
    {
        await using var ingestor = await StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interaction())));
        using var stream = ingestor.Client.IngestStream();
        var streamError = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));

        Assert.Equal([StatusCode.Unauthenticated, StatusCode.Unauthenticated], new[] { error.StatusCode, streamError.StatusCode });
        Assert.Empty(broker.Interactions(ingestor.Prefix));
    }

    [Fact]
    public async Task Ingest_ErasureOrDeletion_NeedsAnOperatorsKey()
    {
        await using var ingestor = await StartAsync();

        foreach (var forOperators in new[] { TestEvents.UserErasure("b", "bob"), TestEvents.ItemDeletion("b", "x") })
        {
            var request = TestEvents.Request(TestEvents.Interaction("a"), forOperators);
            var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(request, Shop));
            Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
            Assert.Empty(broker.Interactions(ingestor.Prefix));
        }
        using var refused = await SendAsync(ingestor, HttpMethod.Delete, "/v1/users/bob", "shop");
        using var allowed = await SendAsync(ingestor, HttpMethod.Delete, "/v1/users/bob", "ops");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (refused.StatusCode, allowed.StatusCode));
        Assert.All((await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.ItemDeletion("b", "x")), Ops)).Results, r => Assert.Equal(Status.Accepted, r.Status));
    }

    [Fact]
    public async Task Ingest_MoreThanTheKeyMaySend_IsExhaustedAndSaysWhenToTryAgain()
    {
        await using var ingestor = await StartAsync("--Access:Keys:shop:EventsPerSecond=1", "--Access:Keys:shop:Burst=1000");
        await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(1000)), Shop);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(100)), Shop));
        using var stream = ingestor.Client.IngestStream(Shop);
        await stream.RequestStream.WriteAsync(TestEvents.Request(TestEvents.Interactions(500)));
        var streamError = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
        using var http = await SendAsync(ingestor, HttpMethod.Post, "/v1/interactions", "shop", "{}\n", 100);

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Contains("1 events a second", error.Status.Detail);
        // Time goes on meanwhile, so a little less than one second for each that is missing.
        Assert.InRange(int.Parse(error.Trailers.GetValue("retry-after")!), 10, 100);
        Assert.InRange(int.Parse(error.Trailers.GetValue("grpc-retry-pushback-ms")!), 10_000, 100_000);
        Assert.Equal(StatusCode.ResourceExhausted, streamError.StatusCode);
        Assert.NotNull(streamError.Trailers.GetValue("retry-after"));
        Assert.Equal(HttpStatusCode.TooManyRequests, http.StatusCode);
        Assert.InRange(http.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 100);
        Assert.Equal(1000, broker.Interactions(ingestor.Prefix).Count);
        // Another caller's allowance is its own.
        await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(1000)), Ops);
    }

    [Fact]
    public async Task PostInteractions_LimitReachedLate_AnswersWhatWasAccepted()
    {
        await using var ingestor = await StartAsync("--Access:Keys:shop:EventsPerSecond=1", "--Access:Keys:shop:Burst=1500");

        using var response = await SendAsync(ingestor, HttpMethod.Post, "/v1/interactions", "shop", "{\"user_id\":\"ann\",\"item_id\":\"x\",\"type\":\"click\"}\n", 3000);
        var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(1000, answer.GetProperty("results").GetArrayLength());
        Assert.Equal("RESOURCE_EXHAUSTED", answer.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(1000, broker.Interactions(ingestor.Prefix).Count);
    }

    [Fact]
    public async Task Ingest_MoreThanTheKeyMayEverSendAtOnce_IsAnInvalidArgument()
    {
        await using var ingestor = await StartAsync("--Access:Keys:shop:EventsPerSecond=100", "--Access:Keys:shop:Burst=1000");

        var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(1001)), Shop));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("1000 at once", error.Status.Detail);
    }

    [Fact]
    public async Task NothingTaken_OnlyForWantOfRoom_AsksToWait()
    {
        var (full, down) = (new PendingBatch(3), new PendingBatch(2));
        full.Reject(0, "a", "user_id", "is empty");
        full.FailForRoom(1, "b", "no room");
        full.FailForRoom(2, "c", "no room");
        down.FailForRoom(0, "a", "no room");
        down.Fail(1, "b", "the broker did not take it");

        var limit = Assert.IsType<LimitException>(EventIntake.NothingTaken(full, await full.Completion));
        Assert.True(limit.RetryAfter > TimeSpan.Zero);
        Assert.IsType<UnavailableException>(EventIntake.NothingTaken(down, await down.Completion));
    }

    [Fact]
    public async Task Metrics_CallsAreRefused_SayWhyAndWhose()
    {
        await using var ingestor = await StartAsync("--Access:Keys:shop:EventsPerSecond=1", "--Access:Keys:shop:Burst=1000");

        await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interaction())));
        using var unknown = await SendAsync(ingestor, HttpMethod.Delete, "/v1/users/bob", "shopp");
        using var noOperator = await SendAsync(ingestor, HttpMethod.Delete, "/v1/users/bob", "shop");
        using var tooMany = await SendAsync(ingestor, HttpMethod.Post, "/v1/interactions", "shop", "{\"user_id\":\"ann\",\"item_id\":\"x\",\"type\":\"click\"}\n", 3000);

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.TooManyRequests],
            new[] { unknown.StatusCode, noOperator.StatusCode, tooMany.StatusCode });
        // A scrape may be answered with the last one's numbers.
        foreach (var (reason, caller) in new[] { ("no_key", ""), ("unknown_key", ""), ("not_operator", "shop"), ("limit", "shop") })
            await Wait.UntilAsync($"a refusal because of {reason} is counted", async () => Regex.IsMatch(
                await ingestor.MetricsAsync(), $"(?m)^rearm_access_refusals_total\\{{[^}}]*caller=\"{caller}\"[^}}]*reason=\"{reason}\"[^}}]*\\}} [1-9]"));
    }

    private Task<RunningIngestor> StartAsync(params string[] flags) =>
        RunningIngestor.StartAsync(broker, Clock, [$"--Access:Keys:shop:Hash={HashOf("shop")}", $"--Access:Keys:ops:Hash={HashOf("ops")}", "--Access:Keys:ops:Operator=true", .. flags]);

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static async Task<HttpResponseMessage> SendAsync(RunningIngestor ingestor, HttpMethod method, string path, string key, string line = "", int lines = 0)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "x-api-key", key } } };
        if (lines > 0)
            request.Content = new StringContent(string.Concat(Enumerable.Repeat(line, lines)), Encoding.UTF8, "application/x-ndjson");
        return await ingestor.Http.SendAsync(request);
    }
}

using System.Net;
using Grpc.Core;
using Rearm.Streaming.Ingestor.UnitTests.Running;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Shops;
using Status = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Ingestor.UnitTests;

public sealed class BrokerDownTests
{
    [Fact]
    public async Task Ingest_BrokerNeverThere_IsUnavailable()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker: null, TimeProvider.System, "--Ingestor:ProduceTimeout=00:00:01");

        var calling = Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(100))));
        var (status, answer) = await ingestor.PostAsync("/v1/interactions", "application/json", """{"user_id":"ann","item_id":"x","type":"click","time":"2026-01-02T03:04:05Z"}""");
        using var ready = await ingestor.Http.GetAsync("/readyz");

        Assert.Equal(StatusCode.Unavailable, (await calling).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("FAILED", answer.GetProperty("results")[0].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("kafka", await ready.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Ingest_BrokerGone_IsUnavailableAndStillRejects()
    {
        var mortal = new MockBroker();
        await using var ingestor = await RunningIngestor.StartAsync(mortal, TimeProvider.System, "--Ingestor:ProduceTimeout=00:00:01");
        await Wait.UntilAsync(
            "the broker takes events", async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(5))),
            answer => answer.Results.All(r => r.Status == Status.Accepted));

        mortal.Dispose();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(5))));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        var rejected = await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interaction(user: "")));
        Assert.Equal(Status.Rejected, rejected.Results[0].Status);
    }
}

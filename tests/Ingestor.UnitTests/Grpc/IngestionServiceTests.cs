using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.UnitTests.Running;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Shops;
using Status = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Ingestor.UnitTests.Grpc;

public sealed class IngestionServiceTests(MockBroker broker) : IClassFixture<MockBroker>
{
    private static readonly FakeTimeProvider Clock = new(TestEvents.Time);

    [Fact]
    public async Task Ingest_EveryKindOfEvent_IsInKafkaUnderItsKey()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock);
        Event[] events = [TestEvents.Interaction("a"), TestEvents.Item("b", "x", ("image", 3)), TestEvents.ItemDeletion("c", "y"), TestEvents.UserErasure("d", "bob")];

        var response = await ingestor.Client.IngestAsync(TestEvents.Request(events));

        Assert.Equal(["a", "b", "c", "d"], response.Results.Select(r => r.EventId));
        Assert.All(response.Results, r => Assert.Equal(Status.Accepted, r.Status));
        var interactions = broker.Interactions(ingestor.Prefix).ToDictionary(r => r.Key, r => r.Event);
        Assert.Equal(events[0].Interaction, interactions["ann"].Interaction);
        Assert.Equal(events[3].UserErasure, interactions["bob"].UserErasure);
        var items = broker.Items(ingestor.Prefix).ToDictionary(r => r.Key, r => r.Event);
        Assert.Equal(events[1].Item, items["x"].Item);
        Assert.Equal(events[2].ItemDeletion, items["y"].ItemDeletion);
    }

    [Fact]
    public async Task Ingest_SomeInvalid_AcceptsTheOthers()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock);
        var request = TestEvents.Request(
            TestEvents.Interaction("a", user: ""),
            TestEvents.Interaction("b"),
            TestEvents.Interaction("c", change: i => i.Weight = 1001),
            new Event(),
            TestEvents.Item("e", "x", ("Image", 3)),
            TestEvents.Item("f", "x", ("image", 0)));

        var results = (await ingestor.Client.IngestAsync(request)).Results;

        Assert.Equal([Status.Rejected, Status.Accepted, Status.Rejected, Status.Rejected, Status.Rejected, Status.Rejected], results.Select(r => r.Status));
        Assert.Equal(["user_id", "", "weight", "event", "features[Image]", "features[image]"], results.Select(r => r.Field));
        Assert.Contains("1001", results[2].Reason);
        Assert.Equal("b", Assert.Single(broker.Interactions(ingestor.Prefix)).Event.Interaction.EventId);
        Assert.Empty(broker.Items(ingestor.Prefix));
    }

    [Fact]
    public async Task Ingest_TimeAheadOfTheClock_IsAcceptedUpToADay()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock);

        var results = (await ingestor.Client.IngestAsync(TestEvents.Request(
            TestEvents.Interaction("a", change: i => i.Time = At(TimeSpan.FromDays(1))),
            TestEvents.Interaction("b", change: i => i.Time = At(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1))),
            TestEvents.Interaction("c", change: i => i.Time = null)))).Results;

        Assert.Equal([Status.Accepted, Status.Rejected, Status.Rejected], results.Select(r => r.Status));
        Assert.Equal("time", results[1].Field);
        static Timestamp At(TimeSpan ahead) => Timestamp.FromDateTimeOffset(TestEvents.Time + ahead);
    }

    [Fact]
    public async Task Ingest_FeaturesOfAnotherLength_AreLeftToTheGraphBuilder()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock);

        var results = (await ingestor.Client.IngestAsync(TestEvents.Request(
            TestEvents.Item("a", "x", ("image", 3)),
            TestEvents.Item("b", "y", ("image", 4)),
            TestEvents.Item("c", "x", ("image", 4))))).Results;

        Assert.All(results, r => Assert.Equal(Status.Accepted, r.Status));
    }

    [Fact]
    public async Task Ingest_NoneOrTooMany_IsAnInvalidArgument()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock, "--Ingestor:MaxBatch=3");

        foreach (var count in new[] { 0, 4 })
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(count))));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Contains("1 to 3", error.Status.Detail);
        }
    }

    [Fact]
    public async Task Ingest_LargeMessage_IsAcceptedUpToTheLimit()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock, "--Ingestor:MaxRequestBytes=8388608");
        var large = TestEvents.Request(Enumerable.Range(0, 200).Select(i => TestEvents.Item($"e{i}", $"i{i}", ("image", 8192))));
        var tooLarge = TestEvents.Request(Enumerable.Range(0, 300).Select(i => TestEvents.Item($"e{i}", $"i{i}", ("image", 8192))));

        Assert.All((await ingestor.Client.IngestAsync(large)).Results, r => Assert.Equal(Status.Accepted, r.Status));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(tooLarge));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task Ingest_MoreThanMayBeInFlight_WaitsAndLosesNothing()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock, "--Ingestor:MaxInFlight=7");

        var responses = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(50)))));

        Assert.All(responses.SelectMany(r => r.Results), r => Assert.Equal(Status.Accepted, r.Status));
        Assert.Equal(200, broker.Interactions(ingestor.Prefix).Count);
    }
}

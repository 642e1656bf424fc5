using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.Grpc;
using Rearm.Streaming.Ingestor.Publishing;
using Rearm.Streaming.Ingestor.UnitTests.Running;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Shops;
using KafkaError = Confluent.Kafka.Error;
using KafkaErrorCode = Confluent.Kafka.ErrorCode;
using Status = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Ingestor.UnitTests.Grpc;

public sealed class IngestionServiceTests(MockBroker broker) : IClassFixture<MockBroker>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TestClock Clock = new(TestEvents.Time);

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
    public async Task Ingest_SomeBreakRules_TheOthersAreAccepted()
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
    public async Task Ingest_LargeMessage_IsTakenUpToTheLimit()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock, "--Ingestor:MaxRequestBytes=8388608");
        var large = TestEvents.Request(Enumerable.Range(0, 200).Select(i => TestEvents.Item($"e{i}", $"i{i}", ("image", 8192))));
        var tooLarge = TestEvents.Request(Enumerable.Range(0, 300).Select(i => TestEvents.Item($"e{i}", $"i{i}", ("image", 8192))));

        Assert.All((await ingestor.Client.IngestAsync(large)).Results, r => Assert.Equal(Status.Accepted, r.Status));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(tooLarge));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task Ingest_LittleRoomInFlight_WaitsAndLosesNothing()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock, "--Ingestor:MaxInFlight=7");

        var responses = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(50)))));

        Assert.All(responses.SelectMany(r => r.Results), r => Assert.Equal(Status.Accepted, r.Status));
        Assert.Equal(200, broker.Interactions(ingestor.Prefix).Count);
    }

    [Fact]
    public async Task Ingest_BrokerNeverThere_IsUnavailable()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker: null, Clock, "--Ingestor:ProduceTimeout=00:00:01");

        var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(100))));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact]
    public async Task Ingest_BrokerGone_IsUnavailableAndRejectionsStillAreTold()
    {
        var mortal = new MockBroker();
        await using var ingestor = await RunningIngestor.StartAsync(mortal, Clock, "--Ingestor:ProduceTimeout=00:00:01");
        await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(5)));

        mortal.Dispose();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interactions(5))));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        var rejected = await ingestor.Client.IngestAsync(TestEvents.Request(TestEvents.Interaction(user: "")));
        Assert.Equal(Status.Rejected, rejected.Results[0].Status);
    }

    [Fact]
    public async Task IngestStream_ManyRequests_AreAnsweredInOrder()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock);
        using var call = ingestor.Client.IngestStream();

        for (var i = 0; i < 40; i++)
            await call.RequestStream.WriteAsync(TestEvents.Request(TestEvents.Interaction($"a{i}"), TestEvents.Interaction($"b{i}")));
        await call.RequestStream.CompleteAsync();

        for (var i = 0; i < 40; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Patience));
            Assert.Equal([$"a{i}", $"b{i}"], call.ResponseStream.Current.Results.Select(r => r.EventId));
        }
        Assert.False(await call.ResponseStream.MoveNext(default).WaitAsync(Patience));
        Assert.Equal(Enumerable.Range(0, 40).SelectMany(i => new[] { $"a{i}", $"b{i}" }), broker.Interactions(ingestor.Prefix).Select(r => r.Event.Interaction.EventId));
    }

    [Fact]
    public async Task IngestStream_InvalidRequest_AnswersWhatWasBeforeIt()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock);
        using var call = ingestor.Client.IngestStream();

        await call.RequestStream.WriteAsync(TestEvents.Request(TestEvents.Interaction()));
        await call.RequestStream.WriteAsync(new IngestRequest());

        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Patience));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default).WaitAsync(Patience));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task IngestStream_ServiceStops_EndsUnavailableAfterTheAnswers()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock);
        using var call = ingestor.Client.IngestStream();
        await call.RequestStream.WriteAsync(TestEvents.Request(TestEvents.Interaction()));
        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Patience));

        var stopping = ingestor.StopAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default).WaitAsync(Patience));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        await stopping.WaitAsync(Patience);
    }

    [Fact]
    public async Task IngestStream_ServiceStopsWhileAnswersWait_AllThatWasBegunIsAnswered()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker: null, Clock);
        // Each is rejected, which needs no broker; nobody takes the answers, so that the last one begun has no room to wait in.
        var requests = new FakeRequests(Enumerable.Range(0, 10).Select(i => TestEvents.Request(TestEvents.Interaction($"e{i}", user: ""))));
        var responses = new FakeResponses();
        var call = ActivatorUtilities.CreateInstance<IngestionService>(ingestor.Services).IngestStream(requests, responses, new FakeCall());
        await requests.AllTaken.WaitAsync(Patience);

        ingestor.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        responses.Open.SetResult();

        await Assert.ThrowsAsync<UnavailableException>(() => call.WaitAsync(Patience));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"e{i}"), responses.Written.Select(r => r.Results[0].EventId));
    }

    [Fact]
    public async Task Run_ProducerFailedForGood_EndsWithAFailure()
    {
        await using var app = IngestorHost.Build(["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", "--Kafka:BootstrapServers=127.0.0.1:1", "--Ingestor:ProduceTimeout=00:00:01", "--Logging:LogLevel:Default=None"]);
        app.Lifetime.ApplicationStarted.Register(() =>
            app.Services.GetRequiredService<EventPublisher>().Settle(new PendingBatch(1), 0, "e", new KafkaError(KafkaErrorCode.Local_Fenced, "another has taken its place", isFatal: true)));

        Assert.Equal(1, await app.RunServiceAsync().WaitAsync(Patience));
    }

    [Theory]
    [InlineData("--Ingestor:MaxBatch=20000", "MaxBatch")]
    [InlineData("--Ingestor:ProduceTimeout=00:00:00", "ProduceTimeout")]
    [InlineData("--Ingestor:MaxInflite=7", "MaxInflite")]
    public async Task Start_BadOption_IsRefusedByName(string flag, string name)
    {
        await using var app = IngestorHost.Build(["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", "--Kafka:BootstrapServers=127.0.0.1:1", flag]);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync());

        Assert.Contains(name, error.Message);
    }
}

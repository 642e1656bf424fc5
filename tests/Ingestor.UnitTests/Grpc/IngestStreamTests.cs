using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.Grpc;
using Rearm.Streaming.Ingestor.UnitTests.Running;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Ingestor.UnitTests.Grpc;

public sealed class IngestStreamTests(MockBroker broker) : IClassFixture<MockBroker>
{
    private static readonly FakeTimeProvider Clock = new(TestEvents.Time);

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
            Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
            Assert.Equal([$"a{i}", $"b{i}"], call.ResponseStream.Current.Results.Select(r => r.EventId));
        }
        Assert.False(await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
        Assert.Equal(Enumerable.Range(0, 40).SelectMany(i => new[] { $"a{i}", $"b{i}" }), broker.Interactions(ingestor.Prefix).Select(r => r.Event.Interaction.EventId));
    }

    [Fact]
    public async Task IngestStream_InvalidRequest_IsRefusedAfterTheAnswersBeforeIt()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock);
        using var call = ingestor.Client.IngestStream();

        await call.RequestStream.WriteAsync(TestEvents.Request(TestEvents.Interaction()));
        await call.RequestStream.WriteAsync(new IngestRequest());

        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task IngestStream_ServiceStops_EndsTheCallAfterTheAnswers()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, Clock);
        using var call = ingestor.Client.IngestStream();
        await call.RequestStream.WriteAsync(TestEvents.Request(TestEvents.Interaction()));
        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));

        var stopping = ingestor.StopAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default).WaitAsync(Wait.Patience));
        // The connection closes right behind the status and may overtake it; clients send again after either.
        Assert.True(error.StatusCode is StatusCode.Unavailable or StatusCode.Internal, error.Status.ToString());
        await stopping.WaitAsync(Wait.Patience);
    }

    [Fact]
    public async Task IngestStream_ServiceStopsWhileAnswersWait_AnswersAllThatItTook()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker: null, Clock);
        // Each is rejected, which needs no broker. The client reads no answers, so the queue of answers is full when the service stops.
        var requests = new FakeRequests(Enumerable.Range(0, 10).Select(i => TestEvents.Request(TestEvents.Interaction($"e{i}", user: ""))));
        var responses = new FakeResponses();
        var call = ActivatorUtilities.CreateInstance<IngestionService>(ingestor.Services).IngestStream(requests, responses, new FakeCall());
        await requests.AllTaken.WaitAsync(Wait.Patience);

        await ingestor.Services.GetRequiredService<Drain>().StoppingAsync(CancellationToken.None);
        responses.Open.SetResult();

        await Assert.ThrowsAsync<UnavailableException>(() => call.WaitAsync(Wait.Patience));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"e{i}"), responses.Written.Select(r => r.Results[0].EventId));
    }
}

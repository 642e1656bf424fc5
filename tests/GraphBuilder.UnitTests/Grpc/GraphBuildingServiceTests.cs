using Confluent.Kafka;
using Grpc.Core;
using NSubstitute;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.Grpc;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Grpc;

public class GraphBuildingServiceTests
{
    private readonly WorkerStatus _status = new();
    private readonly SnapshotRequests _snapshots = new();

    private GraphBuildingService Service => new(_status, _snapshots);

    [Fact]
    public async Task PublishSnapshot_WorkerThatCannotPublish_FailsWithItsReason()
    {
        var answer = Service.PublishSnapshot(new(), Substitute.For<ServerCallContext>());
        _snapshots.FailAll(new TimeoutException("No answer."));
        Assert.Equal("No answer.", (await Assert.ThrowsAsync<TimeoutException>(() => answer)).Message);
    }

    [Fact]
    public async Task PublishSnapshot_WorkerThatHasStopped_IsUnavailable()
    {
        var waiting = Service.PublishSnapshot(new(), Substitute.For<ServerCallContext>());
        _snapshots.Close();
        await Assert.ThrowsAsync<UnavailableException>(() => waiting);
        await Assert.ThrowsAsync<UnavailableException>(() => Service.PublishSnapshot(new(), Substitute.For<ServerCallContext>()));
    }

    [Fact]
    public async Task GetStatus_BrokerDoesNotAnswer_LagIsUnknown()
    {
        _status.AskWith(() => throw new KafkaException(ErrorCode.Local_TimedOut));
        Assert.Equal(-1, (await Service.GetStatus(new(), Substitute.For<ServerCallContext>())).Lag);
    }

    [Fact]
    public async Task GetStatus_BrokerAnswers_LagIsWhatIsNotReadYet()
    {
        _status.Report(new(), new Dictionary<TopicPartition, long> { [new("t", 0)] = 7 });
        _status.AskWith(() => new() { [new("t", 0)] = new(5, 10), [new("t", 1)] = new(2, 4) });
        Assert.Equal(3 + 2, (await Service.GetStatus(new(), Substitute.For<ServerCallContext>())).Lag);
    }
}

using Confluent.Kafka;
using Grpc.Core;
using NSubstitute;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.Grpc;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Grpc;

public class GraphBuildingServiceTests
{
    public static TheoryData<Exception, StatusCode, string> Failures => new()
    {
        { new NothingToPublishException(), StatusCode.FailedPrecondition, "nothing to publish" },
        { new ContractException("It would have 9 bytes."), StatusCode.FailedPrecondition, "9 bytes" },
        { new TimeoutException("No answer."), StatusCode.Unavailable, "No answer." },
        { new KafkaException(ErrorCode.Local_AllBrokersDown), StatusCode.Unavailable, "broker" },
        // Its own token cancels the worker while it drains.
        { new OperationCanceledException(), StatusCode.Unavailable, "is stopping" },
        { new ObjectDisposedException("worker"), StatusCode.Unavailable, "has stopped" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task PublishSnapshot_WorkerFails_SaysWhetherARetryMayHelp(Exception failure, StatusCode code, string reason)
    {
        var board = new GraphStatusBoard();
        var answer = new GraphBuildingService(board).PublishSnapshot(new(), Substitute.For<ServerCallContext>());
        board.Refuse(failure);
        var e = await Assert.ThrowsAsync<RpcException>(() => answer);
        Assert.Equal(code, e.StatusCode);
        Assert.Contains(reason, e.Status.Detail);
    }

    [Fact]
    public async Task GetStatus_BrokerDoesNotAnswer_LagIsUnknown()
    {
        var board = new GraphStatusBoard();
        board.AskWith(() => throw new KafkaException(ErrorCode.Local_TimedOut));
        Assert.Equal(-1, (await new GraphBuildingService(board).GetStatus(new(), Substitute.For<ServerCallContext>())).Lag);
    }

    [Fact]
    public async Task GetStatus_BrokerAnswers_LagIsWhatIsNotReadYet()
    {
        var board = new GraphStatusBoard { Last = new(new(), new Dictionary<TopicPartition, long> { [new("t", 0)] = 7 }) };
        board.AskWith(() => new() { [new("t", 0)] = new(5, 10), [new("t", 1)] = new(2, 4) });
        Assert.Equal(3 + 2, (await new GraphBuildingService(board).GetStatus(new(), Substitute.For<ServerCallContext>())).Lag);
    }
}

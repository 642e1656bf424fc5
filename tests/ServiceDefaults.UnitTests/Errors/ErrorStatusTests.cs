using Confluent.Kafka;
using Grpc.Core;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Leases;
using StackExchange.Redis;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Errors;

public class ErrorStatusTests
{
    public static TheoryData<Exception, StatusCode, string> Foreseen => new()
    {
        { new InvalidRequestException("k: is 1001; at most 1000"), StatusCode.InvalidArgument, "k: is 1001; at most 1000" },
        { new NotFoundException("There is no item \"x\"."), StatusCode.NotFound, "There is no item \"x\"." },
        { new PreconditionException("No snapshot yet."), StatusCode.FailedPrecondition, "No snapshot yet." },
        { new ContractException("It would have 9 bytes."), StatusCode.FailedPrecondition, "It would have 9 bytes." },
        { new UnavailableException("Stopping."), StatusCode.Unavailable, "Stopping." },
        { new RedisException("refused"), StatusCode.Unavailable, "Redis does not answer: refused" },
        { new RedisTimeoutException(CommandFlags.None, "late", CommandStatus.Unknown), StatusCode.Unavailable, "Redis does not answer: late" },
        { new KafkaException(new Error(ErrorCode.Local_AllBrokersDown, "all down")), StatusCode.Unavailable, "Kafka does not answer: all down" },
        { new LeaseLostException("Another process publishes now."), StatusCode.Unavailable, "Another process publishes now." },
        { new TimeoutException("No answer."), StatusCode.Unavailable, "No answer." },
        { new RpcException(new Status(StatusCode.ResourceExhausted, "too large")), StatusCode.ResourceExhausted, "too large" },
    };

    [Theory]
    [MemberData(nameof(Foreseen))]
    public void Of_ForeseenException_SaysWhetherToTryAgain(Exception exception, StatusCode code, string detail)
    {
        var status = Assert.NotNull(ErrorStatus.Of(exception));

        Assert.Equal((code, detail), (status.StatusCode, status.Detail));
    }

    [Fact]
    public void Of_Bug_IsNotForCallersToRead() => Assert.Null(ErrorStatus.Of(new InvalidOperationException("secret")));

    [Theory]
    [InlineData(StatusCode.Unavailable, "UNAVAILABLE")]
    [InlineData(StatusCode.InvalidArgument, "INVALID_ARGUMENT")]
    [InlineData(StatusCode.ResourceExhausted, "RESOURCE_EXHAUSTED")]
    public void NameOf_Code_IsTheSpecifications(StatusCode code, string name) => Assert.Equal(name, ErrorStatus.NameOf(code));
}

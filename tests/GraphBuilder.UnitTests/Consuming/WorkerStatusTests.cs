using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.Publishing;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Consuming;

public class WorkerStatusTests
{
    private readonly WorkerStatus _status = new(new RetryPolicy(new SnapshotRequests(), TimeProvider.System, NullLogger<RetryPolicy>.Instance), TimeProvider.System);

    [Fact]
    public async Task ReadAsync_BeforeAnythingIsRead_HasNoLag() => Assert.Equal(-1, (await _status.ReadAsync(default)).Lag);

    [Fact]
    public async Task ReadAsync_BrokerDoesNotAnswer_HasNoLag()
    {
        _status.Report(new() { Users = 3 }, new Dictionary<TopicPartition, long>(), hasEverything: true);
        _status.AskWith(() => throw new KafkaException(ErrorCode.Local_TimedOut));

        var status = await _status.ReadAsync(default);

        Assert.Equal((3, -1), (status.Users, status.Lag));
    }

    [Fact]
    public async Task ReadAsync_ReaderIsClosed_HasNoLag()
    {
        _status.AskWith(() => throw new ObjectDisposedException("reader"));

        Assert.Equal(-1, (await _status.ReadAsync(default)).Lag);
    }

    [Fact]
    public async Task ReadAsync_BrokerAnswers_CountsWhatIsNotReadYet()
    {
        _status.Report(new(), new Dictionary<TopicPartition, long> { [new("t", 0)] = 7 }, hasEverything: true);
        _status.AskWith(() => new() { [new("t", 0)] = new(5, 10), [new("t", 1)] = new(2, 4) });

        Assert.Equal(3 + 2, (await _status.ReadAsync(default)).Lag);
    }
}

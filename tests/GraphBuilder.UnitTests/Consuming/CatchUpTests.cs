using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Consuming;

public sealed class CatchUpTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly KeptLog _log = new();
    private readonly ILoggerFactory _loggers;
    private readonly CatchUp _catchUp;
    private TopicPartition[] _partitions = [];

    public CatchUpTests()
    {
        _loggers = LoggerFactory.Create(builder => builder.AddProvider(_log));
        _catchUp = new(Options.Create(new GraphBuilderOptions { SnapshotMaxLag = 1000 }), _time, _loggers.CreateLogger<CatchUp>());
    }

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public void Report_BacklogThatShrinks_HasRateAndTheTimeByHowFastItShrinks()
    {
        // 500 are read a second, and 100 come in meanwhile.
        for (var second = 0; second <= 10; second++)
            Report(500 * second, 100_000 - 400 * second);

        Assert.Equal(500, _catchUp.RecordsPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(96_000 / 400.0), _catchUp.Left);
        Assert.Equal(["Information Catching up: 96000 records left, 500 read a second, about 240 s left "], _log.Entries);
    }

    [Fact]
    public void Report_BacklogThatHardlyShrinks_TakesTheLongestTime()
    {
        for (var second = 0; second <= 10; second++)
            Report(second, 1_000_000_000_000_000 - second);

        Assert.Equal(TimeSpan.FromDays(100_000), _catchUp.Left);
    }

    [Fact]
    public void Report_RateThatChanges_IsThatOfLate()
    {
        for (var second = 0; second <= 40; second++)
            Report(second <= 20 ? 1000 * second : 20_000 + 10 * (second - 20), 1_000_000 - (second <= 20 ? 1000 * second : 20_000 + 10 * (second - 20)));

        Assert.Equal(10, _catchUp.RecordsPerSecond);
    }

    [Fact]
    public void Report_BacklogThatGrows_HasNoTimeLeftAndSaysSo()
    {
        for (var second = 0; second <= 10; second++)
            Report(10 * second, 50_000 + 5 * second);

        Assert.Null(_catchUp.Left);
        Assert.Equal(["Information Catching up: 50050 records left, 10 read a second; the backlog does not shrink "], _log.Entries);
    }

    [Fact]
    public void Report_BacklogIsRead_SaysSoOnceAndThenNothing()
    {
        for (var second = 0; second <= 60; second++)
            Report(500 * second, Math.Max(0, 8000 - 500 * second));

        Assert.Null(_catchUp.Left);
        Assert.Equal(
            ["Information Catching up: 3000 records left, 500 read a second, about 6 s left ", "Information Caught up: 0 records left "], _log.Entries);
    }

    [Fact]
    public void Report_NoBacklog_LogsNothing()
    {
        for (var second = 0; second <= 60; second++)
            Report(500 * second, 1000);

        Assert.Empty(_log.Entries);
        Assert.Null(_catchUp.Left);
        Assert.Equal(500, _catchUp.RecordsPerSecond);
    }

    [Fact]
    public void Report_PartitionsTakenOver_BeginsAnewWithTheirBacklog()
    {
        for (var second = 0; second < 5; second++)
            Report(0, 0);
        _partitions = [new("interactions", 0)];
        for (var second = 0; second <= 10; second++)
            Report(500 * second, 100_000 - 500 * second);

        Assert.Equal((500, TimeSpan.FromSeconds(190)), (_catchUp.RecordsPerSecond, _catchUp.Left));
        Assert.Equal(["Information Catching up: 95000 records left, 500 read a second, about 190 s left "], _log.Entries);
    }

    // A second after the one before.
    private void Report(long read, long lag)
    {
        _catchUp.Report(read, lag, _partitions);
        _time.Advance(TimeSpan.FromSeconds(1));
    }
}

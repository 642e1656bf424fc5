using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.Publishing;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Consuming;

public class WorkerHealthCheckTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly RetryPolicy _retry;
    private readonly WorkerStatus _status;
    private readonly WorkerHealthCheck _check;

    public WorkerHealthCheckTests()
    {
        _retry = new(new SnapshotRequests(), _time, NullLogger<RetryPolicy>.Instance);
        _status = new(_retry, _time);
        _check = new(_retry, _status, _time);
    }

    [Fact]
    public async Task Check_DeadLettersRefusedForLong_IsUnhealthyWithTheReason()
    {
        using var stop = new CancellationTokenSource();
        var run = _retry.ExecuteAsync("write dead letters", _ => throw new KafkaException(ErrorCode.MsgSizeTooLarge), stop.Token);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        _time.Advance(TimeSpan.FromSeconds(10));
        var result = await CheckAsync();
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("Could not write dead letters", result.Description);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
    }

    [Fact]
    public async Task Check_NoBatchForAMinute_IsUnhealthy()
    {
        Report();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync()).Status);
        Report();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
    }

    [Fact]
    public async Task Check_AProblemIsReported_IsDegradedWithIt()
    {
        Report("The checkpoint could not be written: no space");
        var result = await CheckAsync();
        Assert.Equal((HealthStatus.Degraded, "The checkpoint could not be written: no space"), (result.Status, result.Description));
    }

    private void Report(params string[] problems) => _status.Report(new GraphStatus { Problems = { problems } }, new Dictionary<TopicPartition, long>(), hasEverything: true);

    private Task<HealthCheckResult> CheckAsync() => _check.CheckHealthAsync(new HealthCheckContext());
}

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rearm.Streaming.GraphBuilder.Publishing;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Ready while records are read and written; not once something has failed for longer than a hiccup, or the worker is stuck.</summary>
internal sealed class WorkerHealthCheck(RetryPolicy retry, WorkerStatus status, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Hiccup = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(60);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var now = time.GetUtcNow();
        if (retry.Blocked is { } blocked && now - blocked.Since >= Hiccup)
            return HealthCheckResult.Unhealthy($"Nothing has been read since {blocked.Since:u}. {blocked.Reason}");
        if (!status.IsWaiting && status.ReportedAt is { } reported && now - reported >= Stuck)
            return HealthCheckResult.Unhealthy($"The worker has not finished a batch since {reported:u}.");
        return status.Problems is { Count: > 0 } problems ? HealthCheckResult.Degraded(string.Join(" ", problems)) : HealthCheckResult.Healthy();
    }
}

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server;

/// <summary>Ready while there is something to answer with: a generation, or popular items before the first.</summary>
internal sealed class ServingHealthCheck(GenerationFollower follower) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = follower.Current;
        return Task.FromResult(state.Generation is not null || state.Popular is { ItemIds.Count: > 0 }
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"There is no generation and nothing popular yet. {state.Problem}".TrimEnd()));
    }
}

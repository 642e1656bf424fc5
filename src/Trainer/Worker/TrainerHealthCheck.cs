using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>Degraded while this Trainer only stands by: there is one more than there is work for.</summary>
internal sealed class TrainerHealthCheck(TrainerState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = state.Status;
        return Task.FromResult(status.State == TrainingStatus.Types.State.Standby ? HealthCheckResult.Degraded(status.Message) : HealthCheckResult.Healthy());
    }
}

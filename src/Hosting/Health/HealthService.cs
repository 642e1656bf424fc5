using Grpc.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Rearm.Streaming.Hosting.Health.V1;
using ServingStatus = Rearm.Streaming.Hosting.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Rearm.Streaming.Hosting.Health;

/// <summary>grpc.health.v1 over the process's readiness checks.</summary>
internal sealed class HealthService(HealthCheckService checks, HostedServices hosted, IHostApplicationLifetime lifetime) : V1.Health.HealthBase
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        if (!Knows(request.Service))
            throw new RpcException(new Status(StatusCode.NotFound, $"No service \"{request.Service}\" here."));
        return new HealthCheckResponse { Status = await StatusAsync(context.CancellationToken) };
    }

    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        ServingStatus? last = null;
        try
        {
            while (true)
            {
                var status = Knows(request.Service) ? await StatusAsync(stop.Token) : ServingStatus.ServiceUnknown;
                if (status != last)
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = status });
                last = status;
                await Task.Delay(WatchInterval, stop.Token);
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            await responseStream.WriteAsync(new HealthCheckResponse { Status = ServingStatus.NotServing });
        }
    }

    private bool Knows(string service) => service.Length == 0 || hosted.Services.Any(s => s.FullName == service);

    private async Task<ServingStatus> StatusAsync(CancellationToken cancellationToken) =>
        (await checks.CheckHealthAsync(cancellationToken)).Status == HealthStatus.Unhealthy ? ServingStatus.NotServing : ServingStatus.Serving;
}

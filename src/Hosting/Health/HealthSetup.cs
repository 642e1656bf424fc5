using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rearm.Streaming.Hosting.Health;

/// <summary>Liveness and readiness: /healthz, /readyz and grpc.health.v1 over the same checks.</summary>
internal static class HealthSetup
{
    public static void AddServiceHealth(this IServiceCollection services)
    {
        services.AddHealthChecks();
        services.AddSingleton<HostedServices>();
    }

    public static void MapServiceHealth(this WebApplication app)
    {
        // Alive: the process answers. Ready: what it depends on answers as well.
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/readyz", new HealthCheckOptions { ResponseWriter = WriteReasons });
        app.MapGrpcService<HealthService>();
    }

    private static async Task WriteReasons(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync($"{report.Status}\n", context.RequestAborted);
        foreach (var (name, entry) in report.Entries)
            if (entry.Status != HealthStatus.Healthy)
                await context.Response.WriteAsync($"{name}: {entry.Description ?? entry.Exception?.Message}\n", context.RequestAborted);
    }
}

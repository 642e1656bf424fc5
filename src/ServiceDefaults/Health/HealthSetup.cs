using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rearm.Streaming.ServiceDefaults.Access;

namespace Rearm.Streaming.ServiceDefaults.Health;

/// <summary>Liveness and readiness: /healthz, /readyz and grpc.health.v1 over the same checks.</summary>
internal static class HealthSetup
{
    // How late a client that watches grpc.health.v1 may learn of a change.
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    public static void AddServiceHealth(this IServiceCollection services, Google.Protobuf.Reflection.ServiceDescriptor api)
    {
        services.AddGrpcHealthChecks(options => options.Services.Map(api.FullName, _ => true));
        services.AddHealthChecks().AddCheck<Drain>("drain");
        services.Configure<HealthCheckPublisherOptions>(options => (options.Delay, options.Period) = (TimeSpan.Zero, WatchInterval));
    }

    public static void MapServiceHealth(this WebApplication app)
    {
        // Live: the process answers. Ready: its dependencies answer as well, and it has not been told to stop.
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false }).WithMetadata(new OpenCallAttribute());
        app.MapHealthChecks("/readyz", new HealthCheckOptions { ResponseWriter = WriteReasons }).WithMetadata(new OpenCallAttribute());
        app.MapGrpcHealthChecksService().WithMetadata(new OpenCallAttribute());
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

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rearm.Streaming.ServiceDefaults.Access;

namespace Rearm.Streaming.ServiceDefaults;

/// <summary>
/// OpenTelemetry: metrics for Prometheus to scrape at /metrics; and metrics, traces and logs by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT names a
/// collector. The other OTEL_* variables work as OpenTelemetry defines them, e.g. OTEL_TRACES_SAMPLER=parentbased_traceidratio.
/// </summary>
internal static class Telemetry
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The meters and activity sources of every service.</summary>
    private const string Ours = "Rearm.Streaming.*";

    // Seconds. A request answered from memory takes microseconds, one that waits for a broker up to its timeout, an epoch or a snapshot minutes.
    private static readonly double[] DurationBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

    public static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        var version = typeof(Telemetry).Assembly.GetName().Version?.ToString(3);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"rearm-{service}", serviceVersion: version))
            .WithMetrics(metrics => metrics
                .AddMeter(Ours)
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                // Theirs begin at 5 ms.
                .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration { Boundaries = DurationBounds })
                .AddView("rearm.*.duration", new ExplicitBucketHistogramConfiguration { Boundaries = DurationBounds })
                .AddPrometheusExporter());
        // Traces nobody collects are not made: without listeners, spans and trace headers cost nothing.
        if (string.IsNullOrEmpty(builder.Configuration[EndpointVariable]))
            return;
        telemetry
            .WithTracing(tracing => tracing
                .AddSource(Ours)
                .AddAspNetCoreInstrumentation(options => options.Filter = IsTraced))
            .WithLogging(logging => { }, options => options.IncludeScopes = true)
            .UseOtlpExporter();
    }

    public static void MapMetrics(this WebApplication app) => app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new OpenCallAttribute());

    // Probes and scrapes come every few seconds and say nothing.
    private static bool IsTraced(HttpContext context) =>
        context.Request.Path.Value is not ("/healthz" or "/readyz" or "/metrics") && !context.Request.Path.StartsWithSegments("/grpc.health.v1.Health");
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Rearm.Streaming.Hosting;

/// <summary>
/// Sends the meters named "Rearm.Streaming.*" by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT names a collector; otherwise metrics cost nothing.
/// </summary>
internal static class MetricsExport
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddMetricsExport(this IServiceCollection services, string service)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable)))
            services.AddHostedService(_ => new Exporter(service));
    }

    private sealed class Exporter(string service) : IHostedService, IDisposable
    {
        private MeterProvider? _provider;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _provider = Sdk.CreateMeterProviderBuilder()
                .ConfigureResource(r => r.AddService($"rearm-{service}"))
                .AddMeter("Rearm.Streaming.*")
                .AddOtlpExporter()
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _provider?.ForceFlush(5000);
            return Task.CompletedTask;
        }

        public void Dispose() => _provider?.Dispose();
    }
}

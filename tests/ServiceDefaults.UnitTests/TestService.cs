using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.ServiceDefaults.UnitTests;

/// <summary>A service with only the common parts and one gRPC method, on free ports.</summary>
internal sealed class TestService : IAsyncDisposable
{
    public static readonly string[] FreePorts = ["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0"];

    private TestService(WebApplication app)
    {
        App = app;
        Endpoints = ServiceEndpoints.Of(app);
        Channel = GrpcChannel.ForAddress(Endpoints.Grpc);
        Http = new() { BaseAddress = Endpoints.Http };
    }

    public WebApplication App { get; }

    public ServiceEndpoints Endpoints { get; }

    public GrpcChannel Channel { get; }

    public HttpClient Http { get; }

    public static WebApplication Build(string[] flags, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = ServiceHost.CreateBuilder(flags, "test", Ingestion.Descriptor, 0, 0);
        builder.Logging.ClearProviders();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapCommon();
        app.MapGrpcService<IngestionService>();
        return app;
    }

    public static async Task<TestService> StartAsync(Action<WebApplicationBuilder>? configure = null)
    {
        var app = Build(FreePorts, configure);
        await app.StartAsync();
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Channel.Dispose();
        await App.DisposeAsync();
    }

    private sealed class IngestionService : Ingestion.IngestionBase
    {
        public override Task<IngestResponse> Ingest(IngestRequest request, ServerCallContext context) => Task.FromResult(new IngestResponse());
    }
}

/// <summary>A health check that the test switches.</summary>
internal sealed class Switch : IHealthCheck
{
    public volatile string? Trouble;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Trouble is { } trouble ? HealthCheckResult.Unhealthy(trouble) : HealthCheckResult.Healthy());

    public void AddTo(WebApplicationBuilder builder) => builder.Services.AddHealthChecks().AddCheck("switch", this);
}

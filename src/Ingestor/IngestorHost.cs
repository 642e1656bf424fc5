using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rearm.Streaming.Ingestor.Grpc;
using Rearm.Streaming.Ingestor.Http;
using Rearm.Streaming.Ingestor.Publishing;
using Rearm.Streaming.Ingestor.Validation;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Ingestor;

/// <summary>The Ingestor as a program: takes events over gRPC and HTTP/JSON and answers once Kafka has them.</summary>
public static class IngestorHost
{
    /// <summary>Default for Endpoints:GrpcPort.</summary>
    public const int DefaultGrpcPort = 7001;

    /// <summary>Default for Endpoints:HttpPort.</summary>
    public const int DefaultHttpPort = 7002;

    /// <summary>The service, ready to be started.</summary>
    /// <param name="args">Configuration by flags, e.g. --Kafka:BootstrapServers=127.0.0.1:9092.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceHost.CreateBuilder(args, "ingestor", Contracts.V1.Ingestion.Descriptor, DefaultGrpcPort, DefaultHttpPort);
        builder.AddIngestor();
        var app = builder.Build();
        app.MapCommon();
        app.MapIngestor();
        return app;
    }

    /// <summary>Adds what the Ingestor is made of.</summary>
    public static WebApplicationBuilder AddIngestor(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<IngestorOptions>(IngestorOptions.Section);
        services.AddKafka();
        services.AddSingleton<IngestorMetrics>();
        services.AddSingleton<EventValidator>();
        services.AddSingleton<Topics>();
        services.AddHostedService(p => p.GetRequiredService<Topics>());
        services.AddSingleton<EventPublisher>();
        services.AddHostedService<ProducerWatch>();
        services.AddSingleton<EventIntake>();
        services.AddSingleton<JsonEvents>();
        services.AddOptions<GrpcServiceOptions>().Configure<IServiceProvider>((grpc, p) =>
        {
            if (p.ValidOptions<IngestorOptions>() is { } options)
                grpc.MaxReceiveMessageSize = options.MaxRequestBytes;
        });
        services.AddOptions<KestrelServerOptions>().Configure<IServiceProvider>((kestrel, p) =>
        {
            if (p.ValidOptions<IngestorOptions>() is { } options)
                kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes + IngestorOptions.GrpcFrameBytes;
        });
        return builder;
    }

    /// <summary>Maps what the Ingestor answers.</summary>
    public static WebApplication MapIngestor(this WebApplication app)
    {
        app.MapGrpcService<IngestionService>();
        app.MapEventEndpoints();
        return app;
    }
}

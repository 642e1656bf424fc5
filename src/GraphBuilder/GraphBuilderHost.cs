using Rearm.Streaming.ServiceDefaults;

namespace Rearm.Streaming.GraphBuilder;

/// <summary>The GraphBuilder as a service of its own.</summary>
public static class GraphBuilderHost
{
    /// <summary>Default for Endpoints:GrpcPort.</summary>
    public const int DefaultGrpcPort = 7011;

    /// <summary>Default for Endpoints:HttpPort.</summary>
    public const int DefaultHttpPort = 7012;

    /// <summary>The service, configured and not yet started.</summary>
    /// <param name="args">Flags, e.g. --Kafka:BootstrapServers=localhost:9092.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceHost.CreateBuilder(args, "graph-builder", Contracts.V1.GraphBuilding.Descriptor, DefaultGrpcPort, DefaultHttpPort);
        builder.AddGraphBuilder();
        var app = builder.Build();
        app.MapCommon();
        app.MapGraphBuilder();
        return app;
    }
}

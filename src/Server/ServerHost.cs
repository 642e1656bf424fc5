using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Grpc;
using Rearm.Streaming.Server.Http;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Redis;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Server;

/// <summary>The Server: answers who should see what, from the current model generation.</summary>
public static class ServerHost
{
    /// <summary>Default for Endpoints:GrpcPort.</summary>
    public const int DefaultGrpcPort = 7031;

    /// <summary>Default for Endpoints:HttpPort.</summary>
    public const int DefaultHttpPort = 7032;

    /// <summary>The service, ready to run.</summary>
    /// <param name="args">The command line's flags, e.g. --Redis:Configuration=127.0.0.1:6379.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceHost.CreateBuilder(args, "server", Contracts.V1.Recommender.Descriptor, DefaultGrpcPort, DefaultHttpPort);
        builder.AddServer();
        var app = builder.Build();
        app.MapCommon();
        app.MapServer();
        return app;
    }

    /// <summary>Adds what the Server is made of.</summary>
    public static WebApplicationBuilder AddServer(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<ServerOptions>(ServerOptions.Section);
        // Without Redis the Server still answers, from the generation in memory.
        builder.Services.AddRedis(without: HealthStatus.Degraded);
        builder.Services.AddSingleton<GenerationReader>();
        builder.Services.AddSingleton<LiveCatalogue>();
        builder.Services.AddSingleton<GenerationFollower>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GenerationFollower>());
        builder.Services.AddSingleton(services => new UserHistory(
            services.GetRequiredService<RedisConnection>(), services.GetRequiredService<IOptions<ServerOptions>>().Value.HistoryTimeout));
        builder.Services.AddSingleton<Recommendations>();
        builder.Services.AddSingleton<ServerMetrics>();
        builder.Services.AddHealthChecks().AddCheck<ServingHealthCheck>("serving");
        return builder;
    }

    /// <summary>Maps what the Server answers.</summary>
    public static WebApplication MapServer(this WebApplication app)
    {
        // Creates the gauges at the start, not with the first request.
        app.Services.GetRequiredService<ServerMetrics>();
        app.MapGrpcService<RecommenderService>();
        app.MapJson();
        return app;
    }
}

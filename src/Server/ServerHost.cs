using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Server.Answers;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Grpc;
using Rearm.Streaming.Server.Http;
using Rearm.Streaming.Server.Impressions;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Server.WebConsole;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.ServiceDefaults.Redis;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Impressions;
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
        // Without Redis the Server still answers, from the items in memory and the users in its cache.
        builder.Services.AddRedis(without: HealthStatus.Degraded);
        builder.Services.AddSingleton<GenerationReader>();
        builder.Services.AddSingleton<GenerationRegistry>();
        builder.Services.AddSingleton<LiveCatalogue>();
        builder.Services.AddSingleton<HiddenItemsStore>();
        builder.Services.AddSingleton<HiddenItems>();
        builder.Services.AddSingleton<CatalogueStore>();
        builder.Services.AddSingleton<LiveItems>();
        builder.Services.AddSingleton<GenerationFollower>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GenerationFollower>());
        builder.Services.AddSingleton(services => new RedisPatience(
            services.GetRequiredService<RedisConnection>(), services.GetRequiredService<IOptions<ServerOptions>>().Value.HistoryTimeout));
        builder.Services.AddSingleton<UserReader>();
        // Without Kafka everything is answered as before, and impressions are dropped.
        if (builder.Configuration.GetValue<bool>($"{ServerOptions.Section}:{nameof(ServerOptions.Impressions)}"))
        {
            builder.Services.AddKafka(without: HealthStatus.Degraded);
            builder.Services.AddSingleton<KafkaImpressions>();
            builder.Services.AddSingleton<IImpressions>(services => services.GetRequiredService<KafkaImpressions>());
            builder.Services.AddHostedService(services => services.GetRequiredService<KafkaImpressions>());
        }
        else
            builder.Services.AddSingleton<IImpressions, NoImpressions>();
        builder.Services.AddSingleton<ExperimentRegistry>();
        builder.Services.AddSingleton<ImpressionCountsStore>();
        builder.Services.AddSingleton<KnownUsers>();
        builder.Services.AddSingleton<ItemAttributes>();
        builder.Services.AddSingleton<TopKEngine>();
        builder.Services.AddSingleton<ApproximateIndexing>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ApproximateIndexing>());
        builder.Services.AddSingleton<Descriptions>();
        builder.Services.AddSingleton<UserQuery>();
        builder.Services.AddSingleton<Recommendations>();
        builder.Services.AddSingleton<Batches>();
        builder.Services.AddSingleton<Everybody>();
        builder.Services.AddSingleton<SimilarItems>();
        builder.Services.AddSingleton<ItemLists>();
        builder.Services.AddSingleton<Histories>();
        builder.Services.AddSingleton<ConsoleForwarder>();
        builder.Services.AddSingleton<Admission>();
        builder.Services.AddSingleton<ServerMetrics>();
        builder.Services.AddHealthChecks().AddCheck<ServingHealthCheck>("serving");
        return builder;
    }

    /// <summary>Maps what the Server answers.</summary>
    public static WebApplication MapServer(this WebApplication app)
    {
        // Creates the gauges at the start, not with the first request.
        app.Services.GetRequiredService<ServerMetrics>();
        app.UseMiddleware<AdmissionMiddleware>();
        app.MapGrpcService<RecommenderService>();
        app.MapGrpcService<GenerationsService>();
        app.MapJson();
        app.MapConsole();
        return app;
    }
}

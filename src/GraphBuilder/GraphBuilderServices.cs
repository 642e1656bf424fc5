using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.Grpc;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.ServiceDefaults.Redis;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;

namespace Rearm.Streaming.GraphBuilder;

/// <summary>The GraphBuilder's wiring, the same alone and inside another process.</summary>
public static class GraphBuilderServices
{
    /// <summary>Adds the worker and what it needs.</summary>
    public static WebApplicationBuilder AddGraphBuilder(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<GraphBuilderOptions>(GraphBuilderOptions.Section);
        builder.Services.AddKafka();
        builder.Services.AddRedis();
        builder.Services.AddSingleton<GraphStatusBoard>();
        builder.Services.AddSingleton<CheckpointStore>();
        builder.Services.AddSingleton<DeadLetters>();
        builder.Services.AddSingleton<LiveStateWriter>();
        builder.Services.AddSingleton(services => new SnapshotPublisher(
            services.GetRequiredService<RedisConnection>(), services.GetRequiredService<IOptions<GraphBuilderOptions>>().Value.KeepSnapshots));
        builder.Services.AddSingleton<SnapshotSchedule>();
        builder.Services.AddSingleton<Persistence>();
        builder.Services.AddHostedService<GraphWorker>();
        return builder;
    }

    /// <summary>Maps rearm.v1.GraphBuilding.</summary>
    public static WebApplication MapGraphBuilder(this WebApplication app)
    {
        app.MapGrpcService<GraphBuildingService>();
        return app;
    }
}

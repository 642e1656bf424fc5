using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.Grpc;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.ServiceDefaults.Redis;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;

namespace Rearm.Streaming.GraphBuilder;

/// <summary>The GraphBuilder's wiring, the same alone and inside another process.</summary>
public static class GraphBuilderServices
{
    /// <summary>Adds the worker and what it needs.</summary>
    public static WebApplicationBuilder AddGraphBuilder(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<GraphBuilderOptions>(GraphBuilderOptions.Section);
        services.AddKafka();
        services.AddRedis();
        services.AddSingleton<GraphBuilderMetrics>();
        services.AddSingleton<CheckpointStore>();
        services.AddSingleton<CheckpointSchedule>();

        services.AddSingleton(p => new RedisLease(
            p.GetRequiredService<RedisConnection>(), "graph-builder", p.GetRequiredService<IOptions<GraphBuilderOptions>>().Value.LeaseDuration,
            [p.GetRequiredService<RedisConnection>().Keys.CurrentSnapshot], p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<RedisLease>>(),
            () => p.GetRequiredService<CheckpointStore>().Owner));
        services.AddSingleton<Leadership>();

        services.AddSingleton<SnapshotRequests>();
        services.AddSingleton<RetryPolicy>();
        services.AddSingleton<LiveStateWriter>();
        services.AddSingleton<LiveStateAudit>();
        services.AddSingleton<LiveStateSync>();
        services.AddSingleton(p =>
        {
            var options = p.GetRequiredService<IOptions<GraphBuilderOptions>>().Value;
            return new SnapshotPublisher(p.GetRequiredService<RedisConnection>(), options.KeepSnapshots, options.SnapshotMaxAge, p.GetRequiredService<RedisLease>());
        });
        services.AddSingleton<ISnapshotJob, SnapshotJob>();
        services.AddSingleton<SnapshotSchedule>();

        services.AddSingleton(p => new EventTypes(p.GetRequiredService<IOptions<GraphBuilderOptions>>().Value.EventTypes));
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<TopicReaders>();
        services.AddSingleton<WorkerStatus>();
        services.AddHostedService<GraphWorker>();
        services.AddHealthChecks().AddCheck<WorkerHealthCheck>("worker");
        return builder;
    }

    /// <summary>Maps rearm.v1.GraphBuilding.</summary>
    public static WebApplication MapGraphBuilder(this WebApplication app)
    {
        app.MapGrpcService<GraphBuildingService>();
        return app;
    }
}

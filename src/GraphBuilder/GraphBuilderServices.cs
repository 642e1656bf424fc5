using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.Catalogue;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.Erasures;
using Rearm.Streaming.GraphBuilder.Grpc;
using Rearm.Streaming.GraphBuilder.Impressions;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.ServiceDefaults.Redis;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Impressions;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
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
            [p.GetRequiredService<RedisConnection>().Keys.CurrentSnapshot, p.GetRequiredService<RedisConnection>().Keys.Catalogue],
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<RedisLease>>(),
            p.GetRequiredService<IOptions<GraphBuilderOptions>>().Value.InstanceId is { Length: > 0 } name ? () => name : null));
        services.AddSingleton<Leadership>();

        services.AddSingleton<SnapshotRequests>();
        services.AddSingleton<WorkerSignals>();
        services.AddSingleton<PassedRequests>();
        services.AddSingleton<OtherShards>();
        services.AddSingleton<RetryPolicy>();
        services.AddSingleton<LiveStateWriter>();
        services.AddSingleton<LiveStateAudit>();
        services.AddSingleton<PopularItemsWriter>();
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
        services.AddSingleton<PartitionOwnership>();
        services.AddSingleton<Teamwork>();
        services.AddSingleton<WorkerStatus>();
        services.AddSingleton<CatchUp>();
        services.AddHostedService<GraphWorker>();

        services.AddSingleton<ImpressionCountsStore>();
        services.AddSingleton<ExperimentRegistry>();
        services.AddSingleton<GenerationRegistry>();
        services.AddSingleton<ExperimentRule>();
        services.AddSingleton<ImpressionState>();
        services.AddHostedService<ImpressionWorker>();

        services.AddSingleton<CatalogueStore>();
        services.AddSingleton<KnownItems>();
        services.AddSingleton<CatalogueSync>();
        services.AddSingleton<LiveCatalogue>();
        services.AddSingleton<GenerationReader>();
        services.AddSingleton<GenerationErasure>();
        services.AddSingleton<SnapshotSearch>();
        services.AddSingleton<ErasureTraces>();
        services.AddSingleton<ErasureRun>();
        services.AddHostedService<ErasureSweep>();
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

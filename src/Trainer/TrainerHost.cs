using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Redis;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Trainer.Gate;
using Rearm.Streaming.Trainer.Grpc;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer;

/// <summary>The Trainer: trains REARM, or another model, on the newest graph snapshot and publishes model generations.</summary>
public static class TrainerHost
{
    /// <summary>Default for Endpoints:GrpcPort.</summary>
    public const int DefaultGrpcPort = 7021;

    /// <summary>Default for Endpoints:HttpPort.</summary>
    public const int DefaultHttpPort = 7022;

    /// <summary>The service, ready to run.</summary>
    /// <param name="args">The command line's flags, e.g. --Trainer:Device=cpu.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceHost.CreateBuilder(args, "trainer", Contracts.V1.Training.Descriptor, DefaultGrpcPort, DefaultHttpPort);
        builder.AddTrainer();
        var app = builder.Build();
        app.MapCommon();
        app.MapTrainer();
        return app;
    }

    /// <summary>Adds what the Trainer is made of.</summary>
    public static WebApplicationBuilder AddTrainer(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<TrainerOptions>(TrainerOptions.Section);
        builder.Services.AddRedis();
        builder.Services.AddSingleton<SnapshotReader>();
        builder.Services.AddSingleton<GenerationReader>();
        builder.Services.AddSingleton(services => new RedisLease(
            services.GetRequiredService<RedisConnection>(), TrainerDuty.Lease, services.GetRequiredService<IOptions<TrainerOptions>>().Value.LeaseDuration,
            [services.GetRequiredService<RedisConnection>().Keys.CurrentGeneration],
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<RedisLease>>()));
        builder.Services.AddSingleton<TrainerDuty>();
        builder.Services.AddSingleton(services => new GenerationPublisher(
            services.GetRequiredService<RedisConnection>(), services.GetRequiredService<IOptions<TrainerOptions>>().Value.KeepGenerations,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<GenerationPublisher>>(), services.GetRequiredService<RedisLease>(),
            services.GetRequiredService<IOptions<TrainerOptions>>().Value.StoredPrecision));
        builder.Services.AddSingleton<CheckpointFolder>();
        builder.Services.AddSingleton<CheckpointStore>();
        builder.Services.AddSingleton<RunStateStore>();
        builder.Services.AddSingleton<GenerationGate>();
        builder.Services.AddSingleton<GenerationTraining>();
        builder.Services.AddSingleton<TrainerState>();
        builder.Services.AddSingleton<TrainerMetrics>();
        builder.Services.AddHostedService<TorchCheck>();
        builder.Services.AddHostedService<TrainingWorker>();
        builder.Services.AddSingleton<LiveCatalogue>();
        builder.Services.AddHostedService<CheckpointErasure>();
        builder.Services.AddHealthChecks().AddCheck<TrainerHealthCheck>("trainer");
        return builder;
    }

    /// <summary>Maps what the Trainer answers.</summary>
    public static WebApplication MapTrainer(this WebApplication app)
    {
        app.MapGrpcService<TrainingService>();
        return app;
    }
}

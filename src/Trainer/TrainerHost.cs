using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Redis;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Trainer.Grpc;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer;

/// <summary>The Trainer: trains REARM on the newest graph snapshot and publishes model generations.</summary>
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
        builder.Services.AddSingleton(services => new GenerationPublisher(
            services.GetRequiredService<RedisConnection>(), services.GetRequiredService<IOptions<TrainerOptions>>().Value.KeepGenerations,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<GenerationPublisher>>()));
        builder.Services.AddSingleton<CheckpointStore>();
        builder.Services.AddSingleton<GenerationTraining>();
        builder.Services.AddSingleton<TrainerState>();
        builder.Services.AddSingleton<TrainerMetrics>();
        builder.Services.AddHostedService<TorchCheck>();
        builder.Services.AddHostedService<TrainingWorker>();
        return builder;
    }

    /// <summary>Maps what the Trainer answers.</summary>
    public static WebApplication MapTrainer(this WebApplication app)
    {
        app.MapGrpcService<TrainingService>();
        return app;
    }
}

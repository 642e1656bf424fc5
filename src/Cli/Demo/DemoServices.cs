using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Doctor;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.Server;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Trainer;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>
/// The whole pipeline in this process: a broker, a Redis, the four services, and clients to them. Disposing stops them in the order of the
/// flow, each after it has drained, and leaves nothing running.
/// </summary>
internal sealed class DemoServices : IAsyncDisposable
{
    // How to stop what was started, last started first.
    private readonly Stack<Func<ValueTask>> _stops = new();

    private DemoServices()
    {
    }

    public ServiceEndpoints Ingestor { get; private set; } = null!;

    public ServiceEndpoints Server { get; private set; } = null!;

    public HttpClient IngestorHttp { get; private set; } = null!;

    public EventSender Events { get; private set; } = null!;

    public GraphBuilding.GraphBuildingClient GraphBuilding { get; private set; } = null!;

    public Training.TrainingClient Training { get; private set; } = null!;

    public Recommender.RecommenderClient Recommender { get; private set; } = null!;

    /// <summary>Starts everything and reports each step.</summary>
    /// <exception cref="CliException">A server or service did not start; the message says which and why.</exception>
    public static async Task<DemoServices> StartAsync(DemoOptions options, TrainerPlan plan, Narrator narrator, CancellationToken cancellation)
    {
        var services = new DemoServices();
        try
        {
            await services.StartAllAsync(options, plan, narrator, cancellation);
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_stops.TryPop(out var stop))
            await stop();
    }

    private async Task StartAllAsync(DemoOptions options, TrainerPlan plan, Narrator narrator, CancellationToken cancellation)
    {
        var folder = Keep(new TemporaryFolder());
        foreach (var server in ServerProbes.Outside(options.Kafka, options.Redis))
            if (await server.LookSafelyAsync(cancellation) is { Condition: Condition.Bad } bad)
                throw new CliException($"{server.Name} does not answer; {server.Remedy} ({bad.Detail})");
        var outside = options.Kafka is not null || options.Redis is not null;
        var prefix = outside ? $"rearm-demo-{Guid.NewGuid().ToString("N")[..8]}" : KafkaTopics.DefaultPrefix;
        if (outside)
            narrator.Report($"Your servers are used under names of this run's own, which stay there afterwards: {prefix}.* in Kafka, {prefix}:* in Redis");
        var settings = new DemoSettings(options, plan, folder.Path)
        {
            Prefix = prefix,
            Kafka = options.Kafka ?? StartBroker(prefix, narrator),
            Redis = options.Redis ?? StartRedis(narrator),
        };

        // Started from the end of the flow, so that each finds the next one ready, and stopped from its beginning.
        Server = await StartAsync("Server", ServerHost.Build, settings.Server, cancellation);
        var trainer = await StartAsync("Trainer", TrainerHost.Build, settings.Trainer, cancellation);
        var graphBuilder = await StartAsync("GraphBuilder", GraphBuilderHost.Build, settings.GraphBuilder, cancellation);
        Ingestor = await StartAsync("Ingestor", IngestorHost.Build, settings.Ingestor, cancellation);

        IngestorHttp = new HttpClient { BaseAddress = Ingestor.Http };
        OnStop(IngestorHttp.Dispose);
        Events = new EventSender(Ingestor.Grpc);
        OnStop(Events.Dispose);
        GraphBuilding = new(Channel(graphBuilder));
        Training = new(Channel(trainer));
        Recommender = new(Channel(Server));
        narrator.Report($"Four services up: Ingestor {Ingestor.Grpc.Port}, GraphBuilder {graphBuilder.Grpc.Port}, Trainer {trainer.Grpc.Port}, Server {Server.Grpc.Port} (gRPC ports)");
    }

    private string StartBroker(string prefix, Narrator narrator)
    {
        var broker = Keep(EmbeddedBroker.Start());
        var topics = new KafkaTopics(prefix);
        foreach (var topic in new[] { topics.Interactions, topics.Items, topics.DeadLetters })
            broker.CreateTopic(topic, DemoSettings.EmbeddedPartitions);
        narrator.Report($"Kafka broker up (embedded, in memory): {broker.BootstrapServers}");
        return broker.BootstrapServers;
    }

    private string StartRedis(Narrator narrator)
    {
        try
        {
            var redis = Keep(EmbeddedRedis.Start());
            narrator.Report($"Redis up (embedded Garnet, in memory): {redis.Configuration}");
            return redis.Configuration;
        }
        catch (InvalidOperationException e)
        {
            throw new CliException(e.Message, e);
        }
    }

    private async Task<ServiceEndpoints> StartAsync(string name, Func<string[], WebApplication> build, string[] settings, CancellationToken cancellation)
    {
        var app = build(settings);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e) when (e is OptionsValidationException or IOException or InvalidOperationException)
        {
            await app.DisposeAsync();
            throw new CliException($"The {name} did not start: {e.Message}", e);
        }
        _stops.Push(async () =>
        {
            await app.StopAsync();
            await app.DisposeAsync();
        });
        return ServiceEndpoints.Of(app);
    }

    private GrpcChannel Channel(ServiceEndpoints service)
    {
        var channel = GrpcChannel.ForAddress(service.Grpc);
        OnStop(channel.Dispose);
        return channel;
    }

    private T Keep<T>(T started) where T : IAsyncDisposable
    {
        _stops.Push(started.DisposeAsync);
        return started;
    }

    private void OnStop(Action stop) => _stops.Push(() =>
    {
        stop();
        return ValueTask.CompletedTask;
    });
}

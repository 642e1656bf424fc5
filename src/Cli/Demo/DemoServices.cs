using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Doctor;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts;
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
    private readonly DemoLifetime _lifetime;

    private DemoServices(DemoLifetime lifetime, ServiceEndpoints ingestor, ServiceEndpoints graphBuilder, ServiceEndpoints trainer, ServiceEndpoints server)
    {
        _lifetime = lifetime;
        (Ingestor, Server) = (ingestor, server);
        IngestorHttp = lifetime.Keep(new HttpClient { BaseAddress = ingestor.Http });
        Events = lifetime.Keep(new EventSender(ingestor.Grpc));
        GraphBuilder = lifetime.Keep(new GraphBuilderClient(graphBuilder.Grpc));
        Trainer = lifetime.Keep(new TrainerClient(trainer.Grpc));
        Recommender = lifetime.Keep(new RecommenderClient(server.Grpc));
    }

    public ServiceEndpoints Ingestor { get; }

    public ServiceEndpoints Server { get; }

    public HttpClient IngestorHttp { get; }

    public EventSender Events { get; }

    public GraphBuilderClient GraphBuilder { get; }

    public TrainerClient Trainer { get; }

    public RecommenderClient Recommender { get; }

    /// <summary>Starts everything and reports each step.</summary>
    /// <exception cref="CliException">A server or service did not start; the message says which and why.</exception>
    public static async Task<DemoServices> StartAsync(DemoOptions options, TrainerPlan plan, Narrator narrator, CancellationToken cancellation)
    {
        var lifetime = new DemoLifetime();
        try
        {
            return await StartAsync(options, plan, narrator, lifetime, cancellation);
        }
        catch
        {
            await lifetime.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _lifetime.DisposeAsync();

    private static async Task<DemoServices> StartAsync(DemoOptions options, TrainerPlan plan, Narrator narrator, DemoLifetime lifetime, CancellationToken cancellation)
    {
        var folder = lifetime.Keep(new TemporaryFolder());
        await ServerProbes.RequireAsync(options.Kafka, options.Redis, cancellation);
        var outside = options.Kafka is not null || options.Redis is not null;
        var prefix = outside ? $"rearm-demo-{Guid.NewGuid().ToString("N")[..8]}" : KafkaTopics.DefaultPrefix;
        if (outside)
            narrator.Report($"Your servers are used under names of this run's own, which stay there afterwards: {prefix}.* in Kafka, {prefix}:* in Redis");
        var settings = new DemoSettings(options, plan, folder.Path)
        {
            Prefix = prefix,
            Kafka = options.Kafka ?? StartBroker(prefix, narrator, lifetime),
            Redis = options.Redis ?? StartRedis(narrator, lifetime),
        };

        // Started from the end of the flow, so that each finds the next one ready, and stopped from its beginning; but the Server last, whose console has to know
        // where the others are, and which nobody waits for.
        var trainer = await StartAsync("Trainer", () => TrainerHost.Build(settings.Trainer), lifetime, cancellation);
        var graphBuilder = await StartAsync("GraphBuilder", () => GraphBuilderHost.Build(settings.GraphBuilder), lifetime, cancellation);
        var ingestor = await StartAsync("Ingestor", () => IngestorHost.Build(settings.Ingestor), lifetime, cancellation);
        var recommender = await StartAsync("Server", () => ServerHost.Build(settings.Server(ingestor.Http, graphBuilder.Http, trainer.Http)), lifetime, cancellation);
        narrator.Report($"Console: {recommender.Http}console/");
        narrator.Report($"Four services up: Ingestor {PortsOf(ingestor)}, GraphBuilder {PortsOf(graphBuilder)}, Trainer {PortsOf(trainer)}, Server {PortsOf(recommender)} (gRPC and HTTP)");
        return new(lifetime, ingestor, graphBuilder, trainer, recommender);
    }

    private static string PortsOf(ServiceEndpoints service) => $"{service.Grpc.Port} and {service.Http.Port}";

    private static string StartBroker(string prefix, Narrator narrator, DemoLifetime lifetime)
    {
        var broker = lifetime.Keep(EmbeddedBroker.Start());
        var topics = new KafkaTopics(prefix);
        foreach (var topic in new[] { topics.Interactions, topics.Items, topics.DeadLetters })
            broker.CreateTopic(topic, DemoSettings.EmbeddedPartitions);
        narrator.Report($"Kafka broker up (embedded, in memory): {broker.BootstrapServers}");
        return broker.BootstrapServers;
    }

    private static string StartRedis(Narrator narrator, DemoLifetime lifetime)
    {
        try
        {
            var redis = lifetime.Keep(EmbeddedRedis.Start());
            narrator.Report($"Redis up (embedded Garnet, in memory): {redis.Configuration}");
            return redis.Configuration;
        }
        catch (InvalidOperationException e)
        {
            throw CliException.From(e);
        }
    }

    private static async Task<ServiceEndpoints> StartAsync(string name, Func<WebApplication> build, DemoLifetime lifetime, CancellationToken cancellation)
    {
        var app = await ServiceStart.StartAsync(name, build, cancellation);
        lifetime.OnStop(async () =>
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        });
        return ServiceEndpoints.Of(app);
    }
}

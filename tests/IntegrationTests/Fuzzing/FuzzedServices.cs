using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Trainer;
using Status = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.IntegrationTests.Fuzzing;

/// <summary>
/// All services in this process, with a broker and a Redis. What gets past the Ingestor is read by the GraphBuilder, and what that publishes is trained on;
/// the Server has a model of its own, whose answers are known.
/// </summary>
public sealed class FuzzedServices : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<WebApplication> _apps = [];
    private readonly List<FuzzedService> _services = [];
    private TestServer _server = null!;
    private int _good;

    /// <summary>The gRPC services there are.</summary>
    internal static IReadOnlyList<ServiceDescriptor> Apis { get; } =
        [Ingestion.Descriptor, GraphBuilding.Descriptor, Contracts.V1.Training.Descriptor, Recommender.Descriptor, Generations.Descriptor];

    internal static IReadOnlyList<string> Names { get; } = ["Ingestor", "GraphBuilder", "Trainer", "Server"];

    internal IReadOnlyList<FuzzedService> All => _services;

    internal FuzzedService Of(ServiceDescriptor api) => _services.Single(s => s.Has(api));

    internal FuzzedService Named(string name) => _services.Single(s => s.Name == name);

    public async Task InitializeAsync()
    {
        var (broker, redis) = (await SharedServers.BrokerAsync(), await SharedServers.RedisAsync());
        string[] common = ["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", "--Logging:LogLevel:Default=None"];
        string[] kafka = [$"--Kafka:BootstrapServers={broker.BootstrapServers}", $"--Kafka:TopicPrefix=fuzz{Guid.NewGuid():N}"];
        string[] store = [$"--Redis:Configuration={redis.Configuration}", $"--Redis:KeyPrefix=fuzz-{Guid.NewGuid():N}"];
        await StartAsync("Ingestor", IngestorHost.Build([.. common, .. kafka]), IngestAsync);
        string[] graphs = [$"--GraphBuilder:CheckpointDirectory={_folder.File("graph-builder")}", "--GraphBuilder:SnapshotInterval=00:00:00"];
        await StartAsync("GraphBuilder", GraphBuilderHost.Build([.. common, .. kafka, .. store, .. graphs]), PublishAsync);
        // One that takes no time: whatever is sent starts many runs.
        string[] models = [$"--Trainer:CheckpointDirectory={_folder.File("trainer")}", "--Trainer:Model=popularity", "--Trainer:Threads=1"];
        await StartAsync("Trainer", TrainerHost.Build([.. common, .. store, .. models]), TrainAsync);
        await StartServerAsync(redis);
        await Named("Ingestor").AnswerAsync();
        await Named("GraphBuilder").AnswerAsync();
    }

    public async Task DisposeAsync()
    {
        _services.ForEach(service => service.Dispose());
        if (_server is not null)
            await _server.DisposeAsync();
        foreach (var app in _apps)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        _folder.Dispose();
    }

    private async Task StartAsync(string name, WebApplication app, Func<GrpcChannel, Task> answer)
    {
        _apps.Add(app);
        await app.StartAsync();
        _services.Add(new(name, ServiceEndpoints.Of(app), app.Services, answer));
    }

    private async Task StartServerAsync(RedisServer redis)
    {
        var console = Names.Take(3).Select(name => $"--Server:Console:{name}={Named(name).Endpoints.Http}");
        _server = await TestServer.StartAsync(redis, TestModel.Compass(), [.. console]);
        await _server.Publisher.CatalogueAsync(TestModel.Titles("a", "b", "c", "d"));
        _services.Add(new("Server", _server.Endpoints, _server.Services, async channel =>
            Assert.NotEmpty((await new Recommender.RecommenderClient(channel).RecommendAsync(new() { UserId = "east" })).Items)));
    }

    private async Task IngestAsync(GrpcChannel channel)
    {
        var click = new Interaction
        {
            EventId = $"good-{++_good}",
            UserId = $"u{_good}",
            ItemId = $"i{_good % 3}",
            Type = "click",
            Time = Timestamp.FromDateTime(DateTime.UtcNow),
        };
        var answer = await new Ingestion.IngestionClient(channel).IngestAsync(new() { Events = { new Event { Interaction = click } } });
        Assert.Equal(Status.Accepted, answer.Results.Single().Status);
    }

    // Whatever was accepted so far has been read.
    private static async Task PublishAsync(GrpcChannel channel)
    {
        var client = new GraphBuilding.GraphBuildingClient(channel);
        await Wait.UntilAsync("the GraphBuilder has read everything", async () => await client.GetStatusAsync(new()), s => s is { Lag: 0, Interactions: > 0 });
        await Wait.UntilAsync("a snapshot is published", async () => (await client.PublishSnapshotAsync(new())).Number > 0);
    }

    private static async Task TrainAsync(GrpcChannel channel)
    {
        var client = new Contracts.V1.Training.TrainingClient(channel);
        var runs = (await client.GetStatusAsync(new())).Runs;
        await client.TrainAsync(new() { Force = true });
        await Wait.UntilAsync("a run ends", async () => await client.GetStatusAsync(new()), s => s.Runs > runs && s.Generation > 0);
    }
}

using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Shops;
using Rearm.Streaming.Trainer;
using State = Rearm.Streaming.Contracts.V1.TrainingStatus.Types.State;

namespace Rearm.Streaming.IntegrationTests.Trainer;

/// <summary>The whole service, over gRPC and with a real Redis.</summary>
public sealed class TrainerServiceTests : IClassFixture<RedisFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RedisServer _server;
    private readonly RedisConnection _redis;
    private readonly SnapshotPublisher _snapshots;

    public TrainerServiceTests(RedisFixture fixture)
    {
        _server = fixture.Server;
        _redis = _server.Connect();
        _snapshots = new(_redis, keep: 3);
    }

    public void Dispose()
    {
        _redis.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Train_BeforeAnySnapshot_IsFailedPrecondition()
    {
        await using var app = await StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(async () => await Client(app).TrainAsync(new TrainRequest()));
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Equal(State.Waiting, (await Client(app).GetStatusAsync(new GetTrainingStatusRequest())).State);
    }

    [Fact]
    public async Task Train_OnRequest_PublishesAndWarmStartsTheNext()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        await using (var app = await StartAsync("--Trainer:Interval=00:00:00", "--Trainer:MinNewInteractions=0"))
        {
            Assert.Equal(State.Training, (await Client(app).TrainAsync(new TrainRequest())).State);
            var status = await WaitAsync(app, "generation 1 is published", s => s.Generation == 1);
            Assert.InRange(status.Metrics["recall@20"], 0.01, 1);
            Assert.Equal(2, status.Metrics["epochs"]);
            Assert.Equal(1, status.Runs);
            Assert.Equal(1, (long)await _redis.Database.StringGetAsync(_redis.Keys.CurrentGeneration));
            Assert.True(File.Exists(_folder.File("model.ckpt")));

            await Client(app).TrainAsync(new TrainRequest());
            await WaitAsync(app, "generation 2 is published", s => s.Generation == 2);
            await app.StopAsync();
        }
    }

    [Fact]
    public async Task Worker_EnoughNewInteractions_TrainsWithoutBeingAsked()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(perUser: 4), default);
        await using var app = await StartAsync("--Trainer:Interval=00:00:00", "--Trainer:MinNewInteractions=50");
        await WaitAsync(app, "generation 1 is published", s => s.Generation == 1);
        await _snapshots.PublishAsync(PlantedShop.Snapshot(perUser: 8), default);
        await WaitAsync(app, "generation 2 is published", s => s.Generation == 2);
        await app.StopAsync();
    }

    [Fact]
    public async Task Worker_RunFails_ReportsItAndTrainsOnTheNextSnapshot()
    {
        await _snapshots.PublishAsync(Empty(PlantedShop.Snapshot()), default);
        await using var app = await StartAsync("--Trainer:MinNewInteractions=1");
        var failed = await WaitAsync(app, "the run has failed", s => s.State == State.Failed);
        Assert.Contains("no interactions", failed.Message, StringComparison.Ordinal);
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        Assert.Equal(1, (await WaitAsync(app, "the second run ends", s => s.Runs == 2)).Generation);
        await app.StopAsync();
    }

    [Fact]
    public async Task Stop_WhileTraining_PublishesNothing()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        await using var app = await StartAsync("--Trainer:MaxEpochs=100000", "--Trainer:Patience=100000");
        await WaitAsync(app, "the second epoch has begun", s => s.Epoch > 1);
        await app.StopAsync();
        Assert.False(await _redis.Database.KeyExistsAsync(_redis.Keys.CurrentGeneration));
    }

    [Theory]
    [InlineData("--Trainer:Device=abacus", "Device")]
    [InlineData("--Trainer:Preset=books", "Preset")]
    [InlineData("--Trainer:MaxEpochs=0", "MaxEpochs")]
    public async Task Start_InvalidOption_IsRefusedByName(string flag, string name)
    {
        await using var app = TrainerHost.Build([flag, "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0"]);
        var e = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => app.StartAsync());
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(params string[] flags)
    {
        var app = TrainerHost.Build(
        [
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Redis:Configuration={_server.Configuration}", $"--Redis:KeyPrefix={_redis.Keys.Prefix}", $"--Trainer:CheckpointDirectory={_folder.Path}",
            "--Trainer:Device=cpu", "--Trainer:Threads=1", "--Trainer:PollInterval=00:00:00.020", "--Trainer:MaxEpochs=2", "--Trainer:BatchSize=256", "--Logging:LogLevel:Default=Warning", .. flags,
        ]);
        await app.StartAsync();
        return app;
    }

    private static Contracts.V1.Training.TrainingClient Client(WebApplication app) => new(GrpcChannel.ForAddress(ServiceEndpoints.Of(app).Grpc));

    private static Task<TrainingStatus> WaitAsync(WebApplication app, string what, Func<TrainingStatus, bool> condition) =>
        Wait.UntilAsync(what, async () => await Client(app).GetStatusAsync(new GetTrainingStatusRequest()), condition);

    private static GraphSnapshot Empty(GraphSnapshot snapshot) => snapshot with
    {
        Interactions = new InteractionMatrix(new int[snapshot.Users + 1], [], [], []),
        Info = new SnapshotInfo { Hash = "empty" },
    };
}

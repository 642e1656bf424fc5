using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Trainer.UnitTests.Fixtures;
using State = Rearm.Streaming.Contracts.V1.TrainingStatus.Types.State;

namespace Rearm.Streaming.Trainer.UnitTests.Worker;

/// <summary>The whole service, over gRPC and a real Redis.</summary>
public sealed class TrainerServiceTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);
    private readonly RedisServer _server = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("rearm-trainer-").FullName;

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
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
        using var redis = _server.Connect();
        await RedisSnapshots.PublishAsync(redis, PlantedShop.Snapshot(), 1);
        await using (var app = await StartAsync("--Trainer:Interval=00:00:00", "--Trainer:MinNewInteractions=0"))
        {
            Assert.Equal(State.Training, (await Client(app).TrainAsync(new TrainRequest())).State);
            var status = await WaitAsync(app, s => s.Generation == 1);
            Assert.InRange(status.Metrics["recall@20"], 0.01, 1);
            Assert.Equal(2, status.Metrics["epochs"]);
            Assert.Equal(1, status.Runs);
            Assert.Equal(1, (long)await redis.Database.StringGetAsync(redis.Keys.CurrentGeneration));
            Assert.True(File.Exists(Path.Combine(_folder, "model.ckpt")));

            await Client(app).TrainAsync(new TrainRequest());
            await WaitAsync(app, s => s.Generation == 2);
            await app.StopAsync();
        }
    }

    [Fact]
    public async Task Worker_EnoughNewInteractions_TrainsByItself()
    {
        using var redis = _server.Connect();
        await RedisSnapshots.PublishAsync(redis, PlantedShop.Snapshot(perUser: 4), 1);
        await using var app = await StartAsync("--Trainer:Interval=00:00:00", "--Trainer:MinNewInteractions=50");
        await WaitAsync(app, s => s.Generation == 1);
        await RedisSnapshots.PublishAsync(redis, PlantedShop.Snapshot(perUser: 8), 2);
        await WaitAsync(app, s => s.Generation == 2);
        await app.StopAsync();
    }

    [Fact]
    public async Task Worker_ARunFails_ReportsItAndTriesTheNextSnapshot()
    {
        using var redis = _server.Connect();
        await RedisSnapshots.PublishAsync(redis, Empty(PlantedShop.Snapshot()), 1);
        await using var app = await StartAsync("--Trainer:MinNewInteractions=1");
        var failed = await WaitAsync(app, s => s.State == State.Failed);
        Assert.Contains("no interactions", failed.Message, StringComparison.Ordinal);
        await RedisSnapshots.PublishAsync(redis, PlantedShop.Snapshot(), 2);
        Assert.Equal(1, (await WaitAsync(app, s => s.Runs == 2)).Generation);
        await app.StopAsync();
    }

    [Fact]
    public async Task Stop_WhileTraining_EndsSoonAndPublishesNothing()
    {
        using var redis = _server.Connect();
        await RedisSnapshots.PublishAsync(redis, PlantedShop.Snapshot(), 1);
        await using var app = await StartAsync("--Trainer:MaxEpochs=100000", "--Trainer:Patience=100000");
        await WaitAsync(app, s => s.Epoch > 1);
        await app.StopAsync();
        Assert.False(await redis.Database.KeyExistsAsync(redis.Keys.CurrentGeneration));
    }

    [Theory]
    [InlineData("--Trainer:Device=abacus", "Device")]
    [InlineData("--Trainer:Preset=books", "Preset")]
    [InlineData("--Trainer:MaxEpochs=0", "MaxEpochs")]
    public async Task Start_BadOption_IsRefusedByName(string flag, string name)
    {
        await using var app = TrainerHost.Build([flag, "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0"]);
        var e = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => app.StartAsync());
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(params string[] flags)
    {
        var app = TrainerHost.Build(
        [
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Redis:Configuration={_server.Configuration}", $"--Trainer:CheckpointDirectory={_folder}",
            "--Trainer:Device=cpu", "--Trainer:PollInterval=00:00:00.020", "--Trainer:MaxEpochs=2", "--Trainer:BatchSize=256", "--Logging:LogLevel:Default=Warning", .. flags,
        ]);
        await app.StartAsync();
        return app;
    }

    private static Contracts.V1.Training.TrainingClient Client(WebApplication app) => new(GrpcChannel.ForAddress(ServiceEndpoints.Of(app).Grpc));

    private static async Task<TrainingStatus> WaitAsync(WebApplication app, Func<TrainingStatus, bool> condition)
    {
        using var timeout = new CancellationTokenSource(Deadline);
        var client = Client(app);
        while (true)
        {
            var status = await client.GetStatusAsync(new GetTrainingStatusRequest(), cancellationToken: timeout.Token);
            if (condition(status))
                return status;
            await Task.Delay(20, timeout.Token);
        }
    }

    private static GraphSnapshot Empty(GraphSnapshot snapshot) => snapshot with
    {
        Interactions = new InteractionMatrix(new int[snapshot.Users + 1], [], [], []),
        Info = new SnapshotInfo { Hash = "empty" },
    };
}

using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Shops;
using Rearm.Streaming.Trainer;
using Outcome = Rearm.Streaming.Contracts.V1.QualityGate.Types.Outcome;

namespace Rearm.Streaming.IntegrationTests.Trainer;

/// <summary>The Trainer with a real Redis: which generations become current, and what is said of the others.</summary>
public sealed class GenerationGateTests : IClassFixture<RedisFixture>, IDisposable
{
    // Vectors that have hardly moved from their random initial values.
    private static readonly string[] Untrained = ["--Trainer:Model=bpr", "--Trainer:MaxEpochs=1", "--Trainer:LearningRate=0.00000001"];
    private static readonly string[] Trained = ["--Trainer:Model=ials"];

    private readonly TemporaryFolder _folder = new();
    private readonly RedisServer _server;
    private readonly RedisConnection _redis;
    private readonly SnapshotPublisher _snapshots;

    public GenerationGateTests(RedisFixture fixture)
    {
        _server = fixture.Server;
        _redis = _server.Connect();
        _snapshots = new(_redis, keep: 1);
    }

    public void Dispose()
    {
        _redis.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Train_WorseThanWhatIsServed_IsKeptOutReportedAndPublishedByForce()
    {
        await ServeAsync(Trained);
        await _snapshots.PublishAsync(Shop(perUser: 8), default);
        await using var app = await StartAsync(Untrained);

        var kept = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.Equal((Outcome.Worse, false, 1L), (kept.Gate.Outcome, kept.Gate.Published, kept.Gate.Served));
        Assert.True(kept.Gate.Recall < kept.Gate.ServedRecall && kept.Gate.High < 0, kept.Gate.ToString());
        Assert.InRange(kept.Gate.Users, 50, 200);
        Assert.Contains("kept out; generation 1 is served still", kept.Message, StringComparison.Ordinal);
        Assert.Equal(1, (long)await _redis.Database.StringGetAsync(_redis.Keys.CurrentGeneration));
        Assert.False(File.Exists(_folder.File("model.ckpt")));

        await Client(app).TrainAsync(new TrainRequest { Force = true });

        var forced = await WaitAsync(app, "the forced run ends", s => s.Runs == 2);
        Assert.Equal((Outcome.Worse, true, true, 2L), (forced.Gate.Outcome, forced.Gate.Published, forced.Gate.Forced, forced.Generation));
        var manifest = await ManifestAsync(2);
        Assert.Equal(("worse, forced", "1"), (manifest.Settings["gate"], manifest.Settings["gate_served"]));
        Assert.Equal((forced.Gate.Recall, forced.Gate.ServedRecall), (manifest.Metrics["gate_recall@20"], manifest.Metrics["gate_served_recall@20"]));
        await app.StopAsync();
    }

    [Fact]
    public async Task Train_BetterThanWhatIsServed_IsPublished()
    {
        await ServeAsync(Untrained);
        await _snapshots.PublishAsync(Shop(perUser: 8), default);
        await using var app = await StartAsync(Trained);

        var status = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.Equal((Outcome.Better, true, false, 2L), (status.Gate.Outcome, status.Gate.Published, status.Gate.Forced, status.Generation));
        Assert.True(status.Gate.Low > 0, status.Gate.ToString());
        Assert.Equal("better", (await ManifestAsync(2)).Settings["gate"]);
        await app.StopAsync();
    }

    [Fact]
    public async Task Train_FirstGeneration_HasNothingToCompareWith()
    {
        await _snapshots.PublishAsync(Shop(perUser: 4), default);
        await using var app = await StartAsync(Untrained);

        var status = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.Equal((Outcome.First, true, 1L), (status.Gate.Outcome, status.Gate.Published, status.Generation));
        Assert.False(status.Gate.HasRecall);
        await app.StopAsync();
    }

    [Theory]
    [InlineData("publish", true)]
    [InlineData("keep-out", false)]
    public async Task Train_TooFewUsersToMeasureOn_SaysSoAndDoesAsConfigured(string policy, bool published)
    {
        await ServeAsync(Trained);
        await _snapshots.PublishAsync(Shop(perUser: 8), default);
        await using var app = await StartAsync([.. Untrained, "--Trainer:GateMinUsers=100000", $"--Trainer:GateUnmeasured={policy}"]);

        var status = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.Equal((Outcome.NotMeasured, published), (status.Gate.Outcome, status.Gate.Published));
        Assert.Contains("GateMinUsers is 100000", status.Message, StringComparison.Ordinal);
        Assert.Equal(published ? 2 : 1, (long)await _redis.Database.StringGetAsync(_redis.Keys.CurrentGeneration));
        await app.StopAsync();
    }

    [Fact]
    public async Task Train_NothingNewSinceWhatIsServed_CannotBeMeasured()
    {
        await ServeAsync(Trained);
        await using var app = await StartAsync(Untrained);

        var status = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.Equal((Outcome.NotMeasured, true), (status.Gate.Outcome, status.Gate.Published));
        Assert.Contains("there are 0 users", status.Gate.Reason, StringComparison.Ordinal);
        await app.StopAsync();
    }

    [Fact]
    public async Task Train_SnapshotOfTheServedOneIsGone_SaysThatNobodyKnowsWhatItHasSeen()
    {
        await ServeAsync(Trained);
        await _redis.Database.KeyDeleteAsync(_redis.Keys.SnapshotManifest(1));
        await _snapshots.PublishAsync(Shop(perUser: 8), default);
        await using var app = await StartAsync(Untrained);

        var status = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.Equal((Outcome.NotMeasured, true), (status.Gate.Outcome, status.Gate.Published));
        Assert.Contains("snapshot 1 is missing", status.Gate.Reason, StringComparison.Ordinal);
        await app.StopAsync();
    }

    [Fact]
    public async Task Train_ServedGenerationCantBeRead_HoldsItsOwnSnapshotForTheNextRun()
    {
        await ServeAsync(Trained);
        await _redis.Database.KeyDeleteAsync(_redis.Keys.GenerationItems(1, 0));
        await _snapshots.PublishAsync(Shop(perUser: 8), default);
        await using var app = await StartAsync(Untrained);

        var status = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.Equal((Outcome.NotMeasured, true), (status.Gate.Outcome, status.Gate.Published));
        Assert.Equal(["2"], (await _redis.Database.SetMembersAsync(_redis.Keys.HeldSnapshots)).Select(n => n.ToString()));
        await app.StopAsync();
    }

    [Fact]
    public async Task Retirement_SnapshotThatTheServedGenerationWasTrainedOn_IsKeptBesideTheNewest()
    {
        await ServeAsync(Trained);
        for (var perUser = 5; perUser < 8; perUser++)
            await _snapshots.PublishAsync(Shop(perUser), default);

        Assert.Null(await _redis.Database.KeyTimeToLiveAsync(_redis.Keys.SnapshotManifest(1)));
        Assert.NotNull(await _redis.Database.KeyTimeToLiveAsync(_redis.Keys.SnapshotManifest(2)));
        Assert.True(await _redis.Database.KeyExistsAsync(_redis.Keys.SnapshotManifest(1)));
    }

    /// <summary>Publishes generation 1 of a model, trained on the first half of the events.</summary>
    private async Task ServeAsync(string[] flags)
    {
        await _snapshots.PublishAsync(Shop(perUser: 4), default);
        using var folder = new TemporaryFolder();
        await using var app = await StartAsync([.. flags, $"--Trainer:CheckpointDirectory={folder.Path}"]);
        await WaitAsync(app, "generation 1 is published", s => s.Generation == 1);
        await app.StopAsync();
    }

    private static GraphSnapshot Shop(int perUser) => PlantedShop.Snapshot(users: 300, perUser: perUser);

    private async Task<WebApplication> StartAsync(string[] flags)
    {
        var app = TrainerHost.Build(
        [
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Redis:Configuration={_server.Configuration}", $"--Redis:KeyPrefix={_redis.Keys.Prefix}",
            $"--Trainer:CheckpointDirectory={_folder.Path}", "--Trainer:Device=cpu", "--Trainer:Threads=1", "--Trainer:PollInterval=00:00:00.020",
            "--Trainer:FirstGeneration=none", "--Trainer:GateMinUsers=50", "--Logging:LogLevel:Default=Error", .. flags,
        ]);
        await app.StartAsync();
        return app;
    }

    private async Task<GenerationManifest> ManifestAsync(long number) =>
        GenerationCodec.ReadManifest((await new GenerationReader(_redis).ReadManifestAsync(number, default))!);

    private static Contracts.V1.Training.TrainingClient Client(WebApplication app) => new(GrpcChannel.ForAddress(ServiceEndpoints.Of(app).Grpc));

    private static Task<TrainingStatus> WaitAsync(WebApplication app, string what, Func<TrainingStatus, bool> condition) =>
        Wait.UntilAsync(what, async () => await Client(app).GetStatusAsync(new GetTrainingStatusRequest()), condition);
}

using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Storage.Generations;
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
            // How long an epoch took is still told, and nothing is left.
            Assert.True(status is { SecondsPerEpoch: > 0, HasSecondsLeft: false }, status.ToString());
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
    public async Task Worker_PresetFileThatIsGone_FailsTheRunByItsNameAndTrainsWhenItIsBack()
    {
        var preset = _folder.File("preset.json");
        new PresetFile { Model = "bpr", Parameters = new Dictionary<string, string> { ["dimension"] = "8" } }.Write(preset);
        await using var app = await StartAsync("--Trainer:Model=bpr", $"--Trainer:PresetFile={preset}");
        File.Move(preset, preset + ".away");
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);

        var failed = await WaitAsync(app, "the run fails", s => s.State == State.Failed);
        Assert.Contains($"The preset file {preset} can't be read", failed.Message, StringComparison.Ordinal);

        File.Move(preset + ".away", preset);
        await Client(app).TrainAsync(new TrainRequest());
        await WaitAsync(app, "generation 1 is published", s => s.Generation == 1);
        await app.StopAsync();
    }

    // All but those whose scores are no inner products of vectors, so that they can't be served.
    public static TheoryData<string> Models => [.. ModelCatalogue.Names.Except(["random", "item-knn-last"]), "ease+ials", "rearm+ials"];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Train_AnyModel_PublishesAGenerationOfIt(string model)
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        await using var app = await StartAsync($"--Trainer:Model={model}");

        var status = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.True(status.Generation == 1, status.Message);
        var manifest = await ManifestAsync(1);
        Assert.Equal(model, manifest.Settings["model"]);
        Assert.Equal((120, 90), (manifest.Users, manifest.Items));
        Assert.InRange(manifest.Metrics["recall@20"], 0, 1);
        Assert.Equal(model.Contains('+'), manifest.Settings.ContainsKey("blend_scale"));
        Assert.Equal(
            model == "pmmrec" ? "image 8, text 12" : "", string.Join(", ", manifest.ItemEncoder?.Modalities.Select(m => $"{m.Name} {m.Width}") ?? []));
        await app.StopAsync();
    }

    [Fact]
    public async Task Worker_NoGenerationYet_ServesAQuickModelWhileTheOtherTrains()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        await using (var app = await StartAsync("--Trainer:FirstGeneration=ials", "--Trainer:MaxEpochs=100000", "--Trainer:Patience=100000"))
        {
            var status = await WaitAsync(app, "an epoch is done", s => s.Epoch > 0);
            Assert.Equal((State.Training, 1, 0), (status.State, status.Generation, status.Runs));
            Assert.Equal("ials", (await ManifestAsync(1)).Settings["model"]);
            Assert.Equal(1, (long)await _redis.Database.StringGetAsync(_redis.Keys.CurrentGeneration));
            await app.StopAsync();
        }

        // There is a generation now, so the next run does without.
        await using (var app = await StartAsync("--Trainer:FirstGeneration=ials"))
        {
            Assert.Equal(2, (await WaitAsync(app, "the run ends", s => s.Runs == 1)).Generation);
            Assert.Equal("rearm", (await ManifestAsync(2)).Settings["model"]);
            await app.StopAsync();
        }
    }

    [Fact]
    public async Task Worker_QuickModelCannotBeServed_TrainsTheOtherAllTheSame()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        await using var app = await StartAsync("--Trainer:FirstGeneration=random");

        Assert.Equal(1, (await WaitAsync(app, "the run ends", s => s.Runs == 1)).Generation);

        Assert.Equal("rearm", (await ManifestAsync(1)).Settings["model"]);
        await app.StopAsync();
    }

    [Fact]
    public async Task Worker_NoUserHasThreeInteractions_PublishesAndDoesNotSayThatRecallIsZero()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(perUser: 2), default);
        await using var app = await StartAsync();

        var status = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.Equal(1, status.Generation);
        Assert.False(status.HasRecall);
        Assert.DoesNotContain("recall@20", status.Metrics.Keys);
        Assert.Equal((0, 2, 2), (status.Metrics["validation_users"], status.Metrics["epochs"], status.Metrics["best_epoch"]));
        Assert.Contains("no user has three interactions", status.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("recall@20", (await ManifestAsync(1)).Metrics.Keys);
        await app.StopAsync();
    }

    [Fact]
    public async Task Worker_HandfulOfUsersToMeasureOn_PublishesAndSaysThatTheyAreTooFew()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(users: 19), default);
        await using var app = await StartAsync();

        var status = await WaitAsync(app, "the run ends", s => s.Runs == 1);

        Assert.Equal((1, 19, 2), (status.Generation, status.Metrics["validation_users"], status.Metrics["best_epoch"]));
        Assert.DoesNotContain("recall@20", status.Metrics.Keys);
        Assert.Contains("too few users have an interaction held out, 19, and it takes 20", status.Message, StringComparison.Ordinal);
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

    [Fact]
    public async Task Worker_AnotherTrainerIsAtWork_StandsBySaysSoAndTakesOver()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        await using var first = await StartAsync("--Trainer:MaxEpochs=100000", "--Trainer:Patience=100000");
        await WaitAsync(first, "an epoch is done", s => s.Epoch > 0);
        await using var second = await StartAsync();

        var status = await WaitAsync(second, "it stands by", s => s.State == State.Standby);
        Assert.Contains("Another Trainer is at work", status.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Client(second).TrainAsync(new TrainRequest()));
        Assert.Equal((StatusCode.FailedPrecondition, status.Message), (refused.StatusCode, refused.Status.Detail));
        using (var http = new HttpClient { BaseAddress = ServiceEndpoints.Of(second).Http })
            Assert.StartsWith("Degraded\ntrainer: Another Trainer is at work", await http.GetStringAsync("/readyz"), StringComparison.Ordinal);

        await first.StopAsync();
        Assert.Equal(1, (await WaitAsync(second, "it has taken over", s => s.Runs == 1)).Generation);
        await second.StopAsync();
    }

    [Fact]
    public async Task Worker_LeaseLostWhileTraining_GivesTheRunUpAndStandsBy()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        // Renewed three times in it: long enough that a busy machine does not lose it before.
        await using var app = await StartAsync("--Trainer:MaxEpochs=100000", "--Trainer:Patience=100000", "--Trainer:LeaseDuration=00:00:30");
        await WaitAsync(app, "an epoch is done", s => s.Epoch > 0);

        // As if it had been paused for so long that another one has begun.
        await _redis.Database.StringSetAsync(_redis.Keys.Lease("trainer"), "7 another");

        var status = await WaitAsync(app, "it stands by", s => s.State == State.Standby);
        Assert.Contains("(another)", status.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0), (status.Runs, status.Generation));
        Assert.False(await _redis.Database.KeyExistsAsync(_redis.Keys.CurrentGeneration));
        await app.StopAsync();
        // What belongs to another is not taken away.
        Assert.Equal("7 another", await _redis.Database.StringGetAsync(_redis.Keys.Lease("trainer")));
    }

    [Fact]
    public async Task Train_SnapshotCantBeRead_SaysSoAndTakesTheNextOne()
    {
        var info = await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        await _redis.Database.StringSetAsync(_redis.Keys.SnapshotManifest(info.Number), "of another release");
        await using var app = await StartAsync();

        await Client(app).TrainAsync(new() { Force = true });

        var status = await WaitAsync(app, "the request has failed", s => s.State == State.Failed);
        Assert.Contains($"snapshot {info.Number}", status.Message, StringComparison.OrdinalIgnoreCase);
        await _snapshots.PublishAsync(PlantedShop.Snapshot(perUser: 5), default);
        await Client(app).TrainAsync(new());
        Assert.False((await WaitAsync(app, "generation 1 is published", s => s.Generation == 1)).Gate.Forced);
        await app.StopAsync();
    }

    [Fact]
    public async Task Stop_WhileTraining_TheNextProcessGoesOnAndEndsWithTheSameNumbers()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        string[] flags = ["--Trainer:MaxEpochs=100", "--Trainer:Patience=1000", "--Trainer:LearningRate=0.001"];
        await using (var app = await StartAsync(flags))
        {
            await WaitAsync(app, "the third epoch is done", s => s.Epoch >= 3);
            await app.StopAsync();
        }
        Assert.True(File.Exists(_folder.File("run.rearm.ckpt")));
        await using (var app = await StartAsync(flags))
        {
            Assert.Equal(1, (await WaitAsync(app, "the run ends", s => s.Runs == 1)).Generation);
            await app.StopAsync();
        }
        Assert.Equal(["lock", "model.ckpt"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());

        using var another = new TemporaryFolder();
        await using (var app = await StartAsync([.. flags, $"--Trainer:CheckpointDirectory={another.Path}"]))
        {
            Assert.Equal(2, (await WaitAsync(app, "the run that is not interrupted ends", s => s.Runs == 1)).Generation);
            await app.StopAsync();
        }
        Assert.Equal(await File.ReadAllBytesAsync(another.File("model.ckpt")), await File.ReadAllBytesAsync(_folder.File("model.ckpt")));
        var (one, other) = (await ManifestAsync(1), await ManifestAsync(2));
        Assert.Equal(100, one.Metrics["epochs"]);
        Assert.Equal((other.Metrics["recall@20"], other.Metrics["best_epoch"]), (one.Metrics["recall@20"], one.Metrics["best_epoch"]));
    }

    [Fact]
    public async Task Train_FailureThatTheCheckpointIsNoReasonFor_LeavesItThere()
    {
        await _snapshots.PublishAsync(PlantedShop.Snapshot(), default);
        await using (var app = await StartAsync("--Trainer:Model=bpr"))
        {
            await WaitAsync(app, "generation 1 is published", s => s.Generation == 1);
            await app.StopAsync();
        }
        var learned = await File.ReadAllBytesAsync(_folder.File("model.ckpt"));

        // A model by mistake.
        await using (var app = await StartAsync("--Trainer:Model=random"))
        {
            var status = await WaitAsync(app, "the run fails", s => s.State == State.Failed);
            Assert.Contains("can be evaluated but not served", status.Message, StringComparison.Ordinal);
            await app.StopAsync();
        }

        Assert.Equal(learned, await File.ReadAllBytesAsync(_folder.File("model.ckpt")));
    }

    [Fact]
    public async Task Train_CheckpointThatBreaksTraining_IsRemovedSoThatTheNextRunWorks()
    {
        var snapshot = PlantedShop.Snapshot();
        await _snapshots.PublishAsync(snapshot, default);
        float[] broken = [.. Enumerable.Repeat(float.NaN, snapshot.Items * 64)];
        await using (var file = File.Create(_folder.File("model.ckpt")))
            CheckpointCodec.Write(file, new(snapshot.UserIds, snapshot.ItemIds, [new("item_ids", [snapshot.Items, 64], broken)]));
        await using var app = await StartAsync();
        var failed = await WaitAsync(app, "the run has failed", s => s.State == State.Failed);
        Assert.Contains("loss became NaN", failed.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("model.ckpt")));

        await Client(app).TrainAsync(new TrainRequest());

        Assert.Equal(1, (await WaitAsync(app, "the second run ends", s => s.Runs == 2)).Generation);
        await app.StopAsync();
    }

    [Theory]
    [InlineData("--Trainer:Cron=whenever", "Cron")]
    [InlineData("--Trainer:Device=abacus", "Device")]
    [InlineData("--Trainer:Preset=books", "Preset")]
    [InlineData("--Trainer:MaxEpochs=0", "MaxEpochs")]
    [InlineData("--Trainer:Model=magic", "Model")]
    [InlineData("--Trainer:FirstGeneration=magic", "FirstGeneration")]
    [InlineData("--Trainer:Parameters=magic=1", "Parameters")]
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
            "--Trainer:Device=cpu", "--Trainer:Threads=1", "--Trainer:PollInterval=00:00:00.020", "--Trainer:MaxEpochs=2", "--Trainer:BatchSize=256", "--Trainer:FirstGeneration=none", "--Logging:LogLevel:Default=Warning", .. flags,
        ]);
        await app.StartAsync();
        return app;
    }

    private async Task<GenerationManifest> ManifestAsync(long number) =>
        GenerationCodec.ReadManifest((await new GenerationReader(_redis).ReadManifestAsync(number, default))!);

    private static Contracts.V1.Training.TrainingClient Client(WebApplication app) => new(GrpcChannel.ForAddress(ServiceEndpoints.Of(app).Grpc));

    private static Task<TrainingStatus> WaitAsync(WebApplication app, string what, Func<TrainingStatus, bool> condition) =>
        Wait.UntilAsync(what, async () => await Client(app).GetStatusAsync(new GetTrainingStatusRequest()), condition);

    private static GraphSnapshot Empty(GraphSnapshot snapshot) => snapshot with
    {
        Interactions = new InteractionMatrix(new int[snapshot.Users + 1], [], [], []),
        Info = new SnapshotInfo { Hash = "empty" },
    };
}

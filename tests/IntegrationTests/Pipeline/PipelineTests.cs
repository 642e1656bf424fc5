using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.Pipeline;

/// <summary>The services as separate processes, from a click to a recommendation.</summary>
public sealed class PipelineTests(KafkaFixture kafka, RedisFixture redis) : IClassFixture<KafkaFixture>, IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData("rearm")]
    [InlineData("rearm+ials")]
    [InlineData("sea")]
    public async Task Pipeline_SeparateProcessesAndKafka_RecommendWhatUsersLike(string model) => await RecommendWhatUsersLikeAsync(kafka.BootstrapServers, model);

    [Fact]
    public async Task Pipeline_SeparateProcessesAndRearmBroker_RecommendWhatUsersLike()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await RecommendWhatUsersLikeAsync(broker.BootstrapServers, "rearm");
    }

    private async Task RecommendWhatUsersLikeAsync(string bootstrapServers, string model)
    {
        await using var pipeline = await PipelineProcesses.StartAsync(bootstrapServers, redis.Server.Configuration, model);
        var events = PlantedShop.Events(clicks: 2500);
        using (var sender = new EventSender(pipeline.Ingestor.Address))
            Assert.Equal(events.Count, (await sender.SendAsync(events)).Accepted);

        var snapshot = await pipeline.PublishSnapshotAsync();
        var status = await pipeline.TrainAsync();

        Assert.Equal(PlantedShop.ExpectedHash(events), snapshot.Hash);
        Assert.Equal(snapshot.Hash, status.Generation.SnapshotHash);
        var recommender = new Recommender.RecommenderClient(pipeline.Server.Channel);
        var seen = events.Where(e => e.Interaction?.UserId == "u0").Select(e => e.Interaction.ItemId).ToHashSet();
        var first = await recommender.RecommendAsync(new RecommendRequest { UserId = "u0", K = 5 });
        Assert.Equal(Source.Personal, first.Source);
        Assert.DoesNotContain(first.Items, i => seen.Contains(i.ItemId));

        // The click of a phone that was offline: older than the training's newest, and read after it, so it moves the user's vector.
        var late = new RecommendRequest { UserId = "u0", ExcludeSeen = false, Filter = new() { OnlyItemIds = { first.Items[1].ItemId } } };
        var score = (await recommender.RecommendAsync(late)).Items.Single().Score;
        await ClickAsync(pipeline, "late", "u0", first.Items[1].ItemId, events.First(e => e.Interaction is not null).Interaction.Time);
        await Wait.UntilAsync(
            "the late click moves the user's vector",
            async () => await recommender.RecommendAsync(late), r => r.Items.Single().Score > score, pipeline.Server.Process);

        // One click, and answers leave the item out.
        var clicked = first.Items[0].ItemId;
        await ClickAsync(pipeline, "now", "u0", clicked, Timestamp.FromDateTime(DateTime.UtcNow));
        await Wait.UntilAsync(
            "the clicked item is left out",
            async () => await recommender.RecommendAsync(new RecommendRequest { UserId = "u0", K = 5 }), r => r.Items.All(i => i.ItemId != clicked), pipeline.Server.Process);

        foreach (var service in pipeline.All)
            Assert.Equal(0, await service.StopAsync());
    }

    [Fact]
    public async Task Pipeline_PmmRecAndClicksWithoutTraining_AnswersWhatLibtorchGivesOffline()
    {
        const string Model = "pmmrec", Visitor = "somebody new";
        await using var pipeline = await PipelineProcesses.StartAsync(kafka.BootstrapServers, redis.Server.Configuration, Model, "dimension=32,length=8");
        var events = PlantedShop.Events(clicks: 2000);
        using (var sender = new EventSender(pipeline.Ingestor.Address))
            Assert.Equal(events.Count, (await sender.SendAsync(events)).Accepted);
        await pipeline.PublishSnapshotAsync();
        var generation = (await pipeline.TrainAsync()).Generation.Number;
        var recommender = new Recommender.RecommenderClient(pipeline.Server.Channel);
        var before = await RankAsync("u0");
        Assert.Equal(Source.Popular, (await RankAsync(Visitor)).Source);

        var now = Timestamp.FromDateTime(DateTime.UtcNow);
        await ClickAsync(pipeline, "of a user", "u0", "i2", now);
        await ClickAsync(pipeline, "of a visitor", Visitor, "i3", now);

        // A snapshot with the clicks is published for the comparison alone: nobody trains on it.
        await pipeline.PublishSnapshotAsync();
        using var connection = redis.Server.Connect(pipeline.KeyPrefix);
        var snapshot = await new SnapshotReader(connection).ReadAsync(default);
        var parameters = new Dictionary<string, string> { ["dimension"] = "32", ["length"] = "8" };
        var offline = OfflineModel.Vectors(Model, pipeline.Checkpoint, snapshot, new() { Device = "cpu", Threads = 1, Parameters = parameters });
        foreach (var user in new[] { "u0", Visitor })
        {
            var expected = OfflineModel.Scores(offline, snapshot, user);
            var largest = expected.Values.Max(Math.Abs);
            var answer = await Wait.UntilAsync(
                $"the answer to {user} is of the encoder", () => RankAsync(user), a => a.Source == Source.Personal && !a.Items.Equals(before.Items), pipeline.Server.Process);
            Assert.Equal((generation, snapshot.Items), (answer.Generation.Number, answer.Items.Count));
            Assert.All(answer.Items, item => Assert.Equal(expected[item.ItemId], item.Score, 1e-5f * largest));
            // Far more than that has changed by the click.
            if (user == "u0")
                Assert.Contains(before.Items, item => Math.Abs(item.Score - expected[item.ItemId]) > 1e-2f * largest);
        }
        Assert.Equal(1, (await new Training.TrainingClient(pipeline.Trainer.Channel).GetStatusAsync(new())).Runs);

        async Task<RecommendResponse> RankAsync(string user) => await recommender.RecommendAsync(new RecommendRequest { UserId = user, K = 100, ExcludeSeen = false });
    }

    private static async Task ClickAsync(PipelineProcesses pipeline, string eventId, string userId, string itemId, Timestamp time)
    {
        using var sender = new EventSender(pipeline.Ingestor.Address);
        await sender.SendAsync(new Event { Interaction = new Interaction { EventId = eventId, UserId = userId, ItemId = itemId, Type = "click", Time = time } });
    }

    [Fact]
    public async Task Pipeline_EachServiceKilledOnce_GivesTheSameSnapshot()
    {
        await using var pipeline = await PipelineProcesses.StartAsync(kafka.BootstrapServers, redis.Server.Configuration);
        var events = PlantedShop.Events(clicks: 6000);
        using var sender = new EventSender(pipeline.Ingestor.Address, new EventSenderOptions { BatchSize = 20, BatchesInFlight = 4 });
        var accepted = new Progress();

        var sending = sender.SendAsync(events, rate: 2000, accepted);
        await accepted.ReachAsync(events.Count / 4);
        await pipeline.Ingestor.KillAsync();
        await pipeline.Ingestor.StartAsync();
        await accepted.ReachAsync(events.Count / 2);
        await pipeline.GraphBuilder.KillAsync();
        await pipeline.GraphBuilder.StartAsync();
        Assert.Equal(events.Count, (await sending).Accepted);

        var snapshot = await pipeline.PublishSnapshotAsync();
        var trainer = new Training.TrainingClient(pipeline.Trainer.Channel);
        await trainer.TrainAsync(new());
        await Wait.UntilAsync("an epoch is done", async () => await trainer.GetStatusAsync(new()), s => s.Epoch > 0, pipeline.Trainer.Process);
        await pipeline.Trainer.KillAsync();
        await pipeline.Trainer.StartAsync();
        await pipeline.Server.KillAsync();
        await pipeline.Server.StartAsync();
        var status = await pipeline.TrainAsync();

        Assert.Equal(PlantedShop.ExpectedHash(events), snapshot.Hash);
        Assert.Equal(snapshot.Hash, status.Generation.SnapshotHash);

        // A restarted GraphBuilder that has read nothing new publishes the same.
        await pipeline.GraphBuilder.KillAsync();
        await pipeline.GraphBuilder.StartAsync();
        Assert.Equal(snapshot.Hash, (await pipeline.PublishSnapshotAsync()).Hash);
    }

    private sealed class Progress : IProgress<SendProgress>
    {
        private readonly Lock _lock = new();
        private readonly List<(long Goal, TaskCompletionSource Reached)> _waiting = [];
        private long _done;

        public void Report(SendProgress value)
        {
            lock (_lock)
            {
                _done = value.Done;
                foreach (var (_, reached) in _waiting.Where(w => w.Goal <= _done))
                    reached.TrySetResult();
            }
        }

        public async Task ReachAsync(long goal)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                if (_done >= goal)
                    return;
                _waiting.Add((goal, reached));
            }
            await reached.Task.WaitAsync(Wait.Patience);
        }
    }
}

using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.Pipeline;

/// <summary>The services as separate processes, from a click to a recommendation.</summary>
public sealed class PipelineTests(KafkaFixture kafka, RedisFixture redis) : IClassFixture<KafkaFixture>, IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData("rearm")]
    [InlineData("rearm+ials")]
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
        await ClickAsync(pipeline, "late", first.Items[1].ItemId, events.First(e => e.Interaction is not null).Interaction.Time);
        await Wait.UntilAsync(
            "the late click moves the user's vector",
            async () => await recommender.RecommendAsync(late), r => r.Items.Single().Score > score, pipeline.Server.Process);

        // One click, and answers leave the item out.
        var clicked = first.Items[0].ItemId;
        await ClickAsync(pipeline, "now", clicked, Timestamp.FromDateTime(DateTime.UtcNow));
        await Wait.UntilAsync(
            "the clicked item is left out",
            async () => await recommender.RecommendAsync(new RecommendRequest { UserId = "u0", K = 5 }), r => r.Items.All(i => i.ItemId != clicked), pipeline.Server.Process);

        foreach (var service in pipeline.All)
            Assert.Equal(0, await service.StopAsync());
    }

    private static async Task ClickAsync(PipelineProcesses pipeline, string eventId, string itemId, Timestamp time)
    {
        using var sender = new EventSender(pipeline.Ingestor.Address);
        await sender.SendAsync(new Event { Interaction = new Interaction { EventId = eventId, UserId = "u0", ItemId = itemId, Type = "click", Time = time } });
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

using Rearm.Streaming.Cli.Replay;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Ingestor.UnitTests.Running;

namespace Rearm.Streaming.Ingestor.UnitTests.Replay;

public sealed class ReplayClientTests(MockBroker broker) : IClassFixture<MockBroker>
{
    private static readonly Dataset Shop = new()
    {
        Name = "shop",
        UserCount = 3,
        ItemCount = 4,
        Train = new([0, 1, 2, 0], [0, 1, 2, 3]),
        Valid = new([1], [0]),
        Test = new([2, 0], [3, 1]),
        Features = [new ModalityFeatures("image", 2, [1, 2, 3, 4, 5, 6, 7, 8], [true, true, false, true])],
    };

    [Fact]
    public async Task ReplayAsync_Train_SendsItemsThenInteractions()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, TimeProvider.System);
        using var sender = new EventSender(ingestor.Endpoints.Grpc);
        var progress = new Recorder();

        var summary = await new ReplayClient(sender).ReplayAsync(Shop, progress: progress);

        Assert.Equal((4, 4), (summary.Items.Accepted, summary.Interactions.Accepted));
        Assert.Equal([("items", 4L), ("interactions", 4L)], progress.All.Select(p => (p.Part, p.Done)));
        var items = broker.Items(ingestor.Prefix).ToDictionary(r => r.Key, r => r.Event.Item);
        Assert.Equal(["i0", "i1", "i2", "i3"], items.Keys.Order());
        Assert.Equal([3f, 4], items["i1"].Features["image"].Values);
        Assert.Empty(items["i2"].Features);
        var interactions = broker.Interactions(ingestor.Prefix).Select(r => r.Event.Interaction).OrderBy(i => i.EventId, StringComparer.Ordinal).ToList();
        Assert.Equal(["shop-train-0", "shop-train-1", "shop-train-2", "shop-train-3"], interactions.Select(i => i.EventId));
        Assert.Equal(("u0", "i3", "click"), (interactions[3].UserId, interactions[3].ItemId, interactions[3].Type));
    }

    [Fact]
    public async Task ReplayAsync_TestWithoutItems_SendsOnlyThat()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, TimeProvider.System);
        using var sender = new EventSender(ingestor.Endpoints.Grpc);

        var summary = await new ReplayClient(sender).ReplayAsync(Shop, new ReplayOptions { Split = Split.Test, Items = false });

        Assert.Equal((0, 2), (summary.Items.Sent, summary.Interactions.Sent));
        Assert.Equal(["shop-test-0", "shop-test-1"], broker.Interactions(ingestor.Prefix).Select(r => r.Event.Interaction.EventId).Order());
    }

    [Fact]
    public async Task ReplayAsync_MoreThanOneRequestMayHold_IsSentWhole()
    {
        await using var ingestor = await RunningIngestor.StartAsync(broker, TimeProvider.System, "--Ingestor:MaxRequestBytes=4194304");
        using var sender = new EventSender(ingestor.Endpoints.Grpc);
        var large = Shop with { ItemCount = 400, Features = [new ModalityFeatures("image", 8192, new float[400 * 8192], [.. Enumerable.Repeat(true, 400)])] };

        Assert.Equal(400, (await new ReplayClient(sender).ReplayAsync(large)).Items.Accepted);
    }

    [Fact]
    public void Events_MadeTwice_AreTheSame()
    {
        static List<Event> Make() => [.. DatasetEvents.Items(Shop), .. DatasetEvents.Interactions(Shop, Split.Train), .. DatasetEvents.Interactions(Shop, Split.Test)];

        Assert.Equal(Make(), Make());
    }

    private sealed class Recorder : IProgress<ReplayProgress>
    {
        public List<ReplayProgress> All { get; } = [];

        public void Report(ReplayProgress value) => All.Add(value);
    }
}

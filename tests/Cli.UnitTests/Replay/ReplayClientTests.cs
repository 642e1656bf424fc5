using Rearm.Streaming.Cli.Replay;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Replay;

public sealed class ReplayClientTests
{
    private static readonly Dataset Shop = new()
    {
        Name = "shop",
        UserCount = 3,
        ItemCount = 4,
        Train = new([0, 1, 2, 0], [0, 1, 2, 3]),
        Valid = new([1], [0]),
        Test = new([2, 0], [3, 1]),
        Features = [ModalityFeatures.FromFloats("image", 2, [1, 2, 3, 4, 5, 6, 7, 8], [true, true, false, true])],
    };

    [Fact]
    public async Task ReplayAsync_Train_SendsItemsThenInteractions()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        using var sender = new EventSender(ingestor.Address);
        var progress = new KeptProgress();

        var summary = await new ReplayClient(sender).ReplayAsync(Shop, progress: progress.Begin);

        Assert.Equal((3, 4), (summary.Items.Accepted, summary.Interactions.Accepted));
        Assert.Equal([("items", 3L, 3L), ("interactions", 4L, 4L)], progress.Steps.Select(step => (step.Unit, step.Total, step.Most)));
        var events = ingestor.Taken.SelectMany(r => r.Events).ToList();
        // The third has no features: a description of it would say nothing, and replace the one there is.
        var items = events[..3].ConvertAll(e => e.Item);
        Assert.Equal(["i0", "i1", "i3"], items.Select(i => i.ItemId));
        Assert.Equal([3f, 4], items[1].Features["image"].Values);
        var interactions = events[3..].ConvertAll(e => e.Interaction);
        Assert.Equal(["shop-train-0", "shop-train-1", "shop-train-2", "shop-train-3"], interactions.Select(i => i.EventId));
        Assert.Equal(("u0", "i3", "click"), (interactions[3].UserId, interactions[3].ItemId, interactions[3].Type));
    }

    [Fact]
    public async Task ReplayAsync_TestWithoutItems_SendsOnlyThat()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        using var sender = new EventSender(ingestor.Address);

        var summary = await new ReplayClient(sender).ReplayAsync(Shop, new ReplayOptions { Split = Split.Test, Items = false });

        Assert.Equal((0, 2), (summary.Items.Sent, summary.Interactions.Sent));
        Assert.Equal(["shop-test-0", "shop-test-1"], ingestor.Accepted);
    }

    [Fact]
    public async Task ReplayAsync_MoreThanOneRequestMayHold_IsSentWhole()
    {
        // The fake takes requests of at most 4 MiB, gRPC's default; these items are 13 MiB.
        await using var ingestor = await FakeIngestor.StartAsync();
        using var sender = new EventSender(ingestor.Address);
        var large = Shop with { ItemCount = 400, Features = [new ModalityFeatures("image", 8192, [.. Enumerable.Repeat(ItemVector.Compact(new float[8192]), 400)])] };

        Assert.Equal(400, (await new ReplayClient(sender).ReplayAsync(large)).Items.Accepted);
    }

    [Fact]
    public void Events_MadeTwice_AreTheSame()
    {
        static List<Event> Make() => [.. DatasetEvents.Items(Shop), .. DatasetEvents.Interactions(Shop, Split.Train), .. DatasetEvents.Interactions(Shop, Split.Test)];

        Assert.Equal(Make(), Make());
    }
}

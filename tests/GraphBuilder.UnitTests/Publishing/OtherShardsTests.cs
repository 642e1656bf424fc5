using Confluent.Kafka;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Publishing;

public sealed class OtherShardsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    [Fact]
    public void AddTo_CheckpointsOfOtherProcesses_CutsAsIfThisOneHadThemAll() =>
        Prop.ForAll<int>(seed =>
        {
            using var folder = new TemporaryFolder();
            var store = Store(folder);
            var records = RandomShop.Records(seed);
            // Each has all items and its own partition; the other one got its records in another order, so it numbers the items otherwise.
            var (ours, theirs) = (With(0, records), With(1, [.. records.Where(r => !r.IsItem), .. records.Where(r => r.IsItem)]));
            store.Shard(1).Save(CheckpointContent.OfShard(theirs.Shard(1).Freeze(), theirs.FreezeItems(), At(1, 5), Now - TimeSpan.FromSeconds(3), asked: 0));
            var whole = Others(store).AddToAsync(Input(ours, others: [1]), default).GetAwaiter().GetResult();
            Assert.Equal(GraphStates.Hash(GraphStates.Of(records, 2)), GraphStates.Cut(whole.State).Info.Hash);
            // An erasure after the older of the pictures need not be in it.
            Assert.Equal(Now - TimeSpan.FromSeconds(3), whole.TakenAt);
            Assert.Equal([7L, 5L], whole.Offsets.OrderBy(o => o.Key.Partition.Value).Select(o => o.Value));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task AddTo_NoOthers_IsWhatWasGiven()
    {
        using var folder = new TemporaryFolder();
        var input = Input(GraphStates.Empty(), others: []);
        Assert.Same(input, await Others(Store(folder)).AddToAsync(input, default));
    }

    [Fact]
    public async Task AddTo_NoCheckpointOfAPartition_NamesItAndTheFolderThatAllNeed()
    {
        using var folder = new TemporaryFolder();
        var e = await Assert.ThrowsAsync<TimeoutException>(() => Others(Store(folder)).AddToAsync(Input(With(0, []), others: [1]), default));
        Assert.Contains("rearm.interactions[1]", e.Message);
        Assert.Contains(folder.Path, e.Message);
        Assert.Contains("GraphBuilder:CheckpointDirectory", e.Message);
    }

    // A volume that is shared may not be there for a moment, and this is looked at every second.
    [Fact]
    public void Look_FolderThatCannotBeRead_TellsNothingOfIt()
    {
        using var folder = new TemporaryFolder();
        // A link to itself.
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "interactions-1"), "interactions-1");

        Assert.Equal(0, Others(Store(folder)).Look([1]).Progress);
        var e = Assert.Throws<ContractException>(() => Store(folder).Shard(1).Load((_, _) => ""));
        Assert.Contains("interactions-1", e.Message);
    }

    [Fact]
    public void Look_SomeHaveCheckpoints_AddsUpHowFarTheyAre()
    {
        using var folder = new TemporaryFolder();
        var store = Store(folder);
        var state = GraphStates.Empty(2);
        foreach (var shard in state.Shards)
            store.Shard(shard.Partition).Save(CheckpointContent.OfShard(shard.Freeze(), state.FreezeItems(), At(shard.Partition, 10), Now, asked: 0) with { Lag = 3 });
        var found = Others(store).Look([0, 1, 2]);
        Assert.Equal((20, 6), (found.Progress, found.Lag));
        Assert.Equal([0, 1, 2], found.Partitions);
    }

    private static GraphState With(int partition, IReadOnlyList<ShopRecord> records)
    {
        var state = new GraphState();
        state.Add(state.NewShard(partition));
        foreach (var record in records.Where(r => r.IsItem || GraphStates.PartitionOf(r, 2) == partition))
            Assert.Null(GraphStates.Apply(state, record, partition));
        return state;
    }

    private static SnapshotInput Input(GraphState state, IReadOnlyList<int> others) =>
        new() { State = state.Freeze(), Offsets = At(0, 7), TakenAt = Now, Others = others };

    private static Dictionary<TopicPartition, long> At(int partition, long offset) => new() { [new(GraphStates.Topics.Interactions, partition)] = offset };

    private static CheckpointStore Store(TemporaryFolder folder) =>
        new(Options.Create(new GraphBuilderOptions { CheckpointDirectory = folder.Path }), TimeProvider.System, NullLogger<CheckpointStore>.Instance);

    private static OtherShards Others(CheckpointStore store) => new(
        store,
        // Redis is asked only where somebody waits for a snapshot.
        new WorkerSignals(new RedisConnection(new RedisOptions()), TimeProvider.System),
        new KafkaClients(Options.Create(new KafkaOptions()), NullLogger<KafkaClients>.Instance),
        TimeProvider.System);
}

using Confluent.Kafka;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private static readonly Dictionary<TopicPartition, long> Offsets = new() { [new("rearm.items", 1)] = 7, [new("rearm.interactions", 0)] = 123_456_789_012 };

    private readonly TemporaryFolder _folder = new();

    private string Current => _folder.File("checkpoint.bin");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Codec_RestoredAnywhereInTheLog_EndsLikeAnUninterruptedRun() =>
        Prop.ForAll<int, byte>((seed, at) =>
        {
            var records = RandomShop.Records(seed);
            var cut = records.Count * at / 256;
            var whole = GraphStates.Of(records);
            var restored = RoundTrip(GraphStates.Of(records.Take(cut)), out var offsets);
            Assert.Equal(Offsets, offsets);
            // At least once: some records from before the checkpoint are delivered again.
            foreach (var record in records.Skip(Math.Max(0, cut - 20)))
                Assert.Null(GraphStates.Apply(restored, record));
            Assert.Equal(GraphStates.Hash(whole), GraphStates.Hash(restored));
            Assert.Equal((whole.ActiveUsers, whole.ActiveItems, whole.ActivePairs, whole.EventTime), (restored.ActiveUsers, restored.ActiveItems, restored.ActivePairs, restored.EventTime));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Codec_AnyByteChangedOrTruncated_IsRefused()
    {
        var file = new MemoryStream();
        CheckpointCodec.Write(file, GraphStates.Of(RandomShop.Records(1, 40)), Offsets);
        var bytes = file.ToArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x10;
            Assert.Throws<ContractException>(() => CheckpointCodec.Read(new MemoryStream(damaged), GraphStates.New()));
            Assert.Throws<ContractException>(() => CheckpointCodec.Read(new MemoryStream(bytes[..i]), GraphStates.New()));
        }
    }

    [Fact]
    public void Store_NothingThere_IsEmpty()
    {
        using var store = Store();
        var checkpoint = store.Load();
        Assert.Empty(checkpoint.Offsets);
        Assert.Equal(0, checkpoint.State.ActivePairs);
    }

    [Fact]
    public void Store_NewestDamaged_FallsBackToThePreviousOne()
    {
        var state = GraphStates.Of(RandomShop.Records(1, 40));
        using (var store = Store())
        {
            store.Load();
            store.Save(state, Offsets);
            store.Save(state, new Dictionary<TopicPartition, long> { [new("rearm.items", 1)] = 8 });
        }
        Cut(Current);
        using var again = Store();
        var checkpoint = again.Load();
        Assert.Equal(Offsets, checkpoint.Offsets);
        Assert.Equal(GraphStates.Hash(state), GraphStates.Hash(checkpoint.State));
    }

    [Fact]
    public void Store_SavedAfterFallingBack_KeepsTheGoodOneAndTheDamagedOneAside()
    {
        using (var store = Store())
        {
            store.Load();
            store.Save(GraphStates.Of(RandomShop.Records(1, 40)), Offsets);
            store.Save(GraphStates.Of(RandomShop.Records(1, 40)), new Dictionary<TopicPartition, long>());
        }
        Cut(Current);
        var damaged = File.ReadAllBytes(Current);
        using (var store = Store())
            store.Save(store.Load().State, new Dictionary<TopicPartition, long>());
        Assert.Equal(damaged, File.ReadAllBytes(Path.Combine(_folder.Path, "checkpoint.damaged.bin")));
        Cut(Current);
        using var again = Store();
        Assert.Equal(Offsets, again.Load().Offsets);
    }

    [Fact]
    public void Flush_MissingFolder_NamesIt()
    {
        FolderFlush.Flush(_folder.Path);
        var missing = Path.Combine(_folder.Path, "missing");
        Assert.Contains(missing, Assert.Throws<IOException>(() => FolderFlush.Flush(missing)).Message);
    }

    [Fact]
    public void Store_KilledBetweenItsTwoRenames_FindsThePreviousOne()
    {
        using (var store = Store())
        {
            store.Load();
            store.Save(GraphStates.Of(RandomShop.Records(1, 40)), Offsets);
        }
        File.Move(Current, Path.Combine(_folder.Path, "checkpoint.previous.bin"));
        File.WriteAllBytes(Path.Combine(_folder.Path, "checkpoint.next.bin"), [1, 2, 3]);
        using var again = Store();
        Assert.Equal(Offsets, again.Load().Offsets);
    }

    [Fact]
    public void Store_AllDamaged_RefusesAndSaysWhatToDo()
    {
        File.WriteAllText(Current, "This is certainly not a checkpoint, but it is long enough to be one.");
        using var store = Store();
        var e = Assert.Throws<ContractException>(() => store.Load());
        Assert.Contains(_folder.Path, e.Message);
        Assert.Contains("move the folder away", e.Message);
    }

    [Fact]
    public void Store_FolderInUse_RefusesAndNamesTheSetting()
    {
        using var first = Store();
        first.Load();
        using var second = Store();
        Assert.Contains("GraphBuilder:CheckpointDirectory", Assert.Throws<IOException>(() => second.Load()).Message);
    }

    private static void Cut(string path)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(file.Length - 1);
    }

    private CheckpointStore Store() => new(Options.Create(new GraphBuilderOptions { CheckpointDirectory = _folder.Path, UserNeighbors = 4, ItemNeighbors = 3 }), NullLogger<CheckpointStore>.Instance);

    private static GraphState RoundTrip(GraphState state, out Dictionary<TopicPartition, long> offsets)
    {
        var file = new MemoryStream();
        CheckpointCodec.Write(file, state, Offsets);
        file.Position = 0;
        var restored = GraphStates.New();
        offsets = CheckpointCodec.Read(file, restored);
        return restored;
    }
}

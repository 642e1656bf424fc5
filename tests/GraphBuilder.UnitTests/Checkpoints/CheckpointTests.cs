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
    private static readonly Dictionary<TopicPartition, long> Later = new() { [new("rearm.items", 1)] = 8 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Store_RestoredAnywhereInTheLog_EndsLikeAnUninterruptedRun() =>
        Prop.ForAll<int, byte>((seed, at) =>
        {
            var records = RandomShop.Records(seed);
            var cut = records.Count * at / 256;
            using (var store = Store())
            {
                store.Load();
                store.Save(GraphStates.Of(records.Take(cut)).Freeze(), Offsets);
            }
            using var again = Store();
            var restored = again.Load();
            Assert.Equal(Offsets, restored.Offsets);
            Assert.True(restored.State.Changes.IsEmpty);
            foreach (var record in records.Skip(cut))
                Assert.Null(GraphStates.Apply(restored.State, record));
            var whole = GraphStates.Of(records);
            Assert.Equal(GraphStates.Hash(whole), GraphStates.Hash(restored.State));
            Assert.Equal(Counts(whole), Counts(restored.State));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Save_StateThatGoesOn_EveryCheckpointIsThatOfItsMoment()
    {
        var records = RandomShop.Records(3, 1500, users: 5000, items: 20);
        var state = new GraphState();
        using (var store = Store())
        {
            store.Load();
            for (var n = 0; n < records.Count; n++)
            {
                Assert.Null(GraphStates.Apply(state, records[n]));
                if (n % 300 == 299)
                    store.Save(state.Freeze(), Offsets);
            }
        }
        Assert.Equal(GraphStates.Hash(state), Load(out _));
    }

    [Fact]
    public void Save_LittleHasChanged_WritesLittle()
    {
        var state = new GraphState();
        for (var u = 0; u < 5 * SlabList<int>.SlabLength; u++)
            state.Touch($"u{u}", $"i{u % 1000}", PairKind.Positive, 1, u);
        using var store = Store();
        store.Load();
        var all = store.Save(state.Freeze(), Offsets);
        Assert.Equal(all, store.Save(state.Freeze(), Offsets));
        state.Touch("u0", "i5", PairKind.Positive, 1, 1);
        Assert.InRange(store.Save(state.Freeze(), Offsets), 1, all / 3);
        Assert.InRange(store.Save(state.Freeze(), Offsets), 1, all / 3);
        Assert.InRange(store.Save(state.Freeze(), Offsets), 1, 1000);
    }

    [Fact]
    public void Save_UserErased_IsInNoFileAfterTwoCheckpoints()
    {
        var state = GraphStates.Of([ShopRecord.Touch("somebody-to-forget", "i", 1, "a"), ShopRecord.Touch("v", "i", 1, "b")]);
        using var store = Store();
        store.Load();
        store.Save(state.Freeze(), Offsets);
        store.Save(state.Freeze(), Offsets);
        Assert.Contains(Files(), f => File.ReadAllText(f).Contains("somebody-to-forget"));
        Assert.Null(GraphStates.Apply(state, ShopRecord.Erase("somebody-to-forget", 2)));
        store.Save(state.Freeze(), Offsets);
        store.Save(state.Freeze(), Offsets);
        Assert.DoesNotContain(Files(), f => File.ReadAllText(f).Contains("somebody-to-forget"));
    }

    [Fact]
    public void Load_NothingThere_IsEmpty()
    {
        using var store = Store();
        var checkpoint = store.Load();
        Assert.Empty(checkpoint.Offsets);
        Assert.Equal(0, checkpoint.State.ActivePairs);
    }

    [Fact]
    public void Load_AnyFileOfTheNewestDamaged_FallsBackToTheOneBefore()
    {
        var (older, newer) = SaveTwo();
        var files = Files().Where(f => f.Contains("/b/")).ToArray();
        Assert.Equal(3, files.Length);
        foreach (var file in files)
        {
            var whole = File.ReadAllBytes(file);
            foreach (var damage in new Func<byte[], byte[]>[] { b => b[..^1], b => b[..(b.Length / 2)], _ => [], b => Flip(b, 0), b => Flip(b, b.Length / 2), b => Flip(b, b.Length - 1) })
            {
                File.WriteAllBytes(file, damage(whole));
                Assert.Equal(older, Load(out var offsets));
                Assert.Equal(Offsets, offsets);
            }
            File.Delete(file);
            Assert.Equal(older, Load(out _));
            File.WriteAllBytes(file, whole);
        }
        Assert.Equal(newer, Load(out _));
    }

    [Fact]
    public void Load_KilledWhileTheNextWasWritten_IsTheNewestWhole()
    {
        var (_, newer) = SaveTwo();
        // The third goes to the folder of the first: some of its slabs are there, one of them torn, and its manifest is not.
        File.WriteAllBytes(Path.Combine(_folder.Path, "a", $"{new string('0', 64)}.slab"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(_folder.Path, "a", "manifest.next"), [1, 2, 3]);
        Assert.Equal(newer, Load(out var offsets));
        Assert.Equal(Later, offsets);
    }

    [Fact]
    public void Save_AfterFallingBack_ReplacesTheDamagedOne()
    {
        SaveTwo();
        File.Delete(Path.Combine(_folder.Path, "b", "manifest"));
        var state = GraphStates.Of(RandomShop.Records(9, 40));
        using (var store = Store())
        {
            store.Load();
            store.Save(state.Freeze(), Later);
        }
        Assert.Equal(GraphStates.Hash(state), Load(out _));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "b", "manifest")));
    }

    [Fact]
    public void Save_FolderCannotBeWritten_FailsAndTheOneBeforeStands()
    {
        var (_, newer) = SaveTwo();
        Directory.Delete(Path.Combine(_folder.Path, "a"), recursive: true);
        File.WriteAllText(Path.Combine(_folder.Path, "a"), "in the way");
        using (var store = Store())
        {
            var state = store.Load().State;
            Assert.ThrowsAny<IOException>(() => store.Save(state.Freeze(), Offsets));
        }
        Assert.Equal(newer, Load(out _));
    }

    [Fact]
    public void Load_AllDamaged_RefusesAndSaysWhatToDo()
    {
        SaveTwo();
        foreach (var file in Files().Where(f => f.EndsWith("manifest")))
            File.WriteAllText(file, "This is certainly not a checkpoint, but it is long enough to be one.");
        using var store = Store();
        var e = Assert.Throws<ContractException>(() => store.Load());
        Assert.Contains(_folder.Path, e.Message);
        Assert.Contains("move the folder away", e.Message);
    }

    [Fact]
    public void Load_FolderInUse_RefusesAndNamesTheSetting()
    {
        using var first = Store();
        first.Load();
        using var second = Store();
        Assert.Contains("GraphBuilder:CheckpointDirectory", Assert.Throws<IOException>(() => second.Load()).Message);
    }

    [Fact]
    public void Flush_MissingFolder_NamesIt()
    {
        FolderFlush.Flush(_folder.Path);
        var missing = Path.Combine(_folder.Path, "missing");
        Assert.Contains(missing, Assert.Throws<IOException>(() => FolderFlush.Flush(missing)).Message);
    }

    private static (int, int, long, long, int) Counts(GraphState state) => (state.ActiveUsers, state.ActiveItems, state.ActivePairs, state.EventTime, state.HiddenItems);

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes = [.. bytes];
        bytes[at] ^= 0x10;
        return bytes;
    }

    private (string Older, string Newer) SaveTwo()
    {
        var (older, newer) = (GraphStates.Of(RandomShop.Records(1, 40)), GraphStates.Of(RandomShop.Records(1, 80)));
        using var store = Store();
        store.Load();
        store.Save(older.Freeze(), Offsets);
        store.Save(newer.Freeze(), Later);
        return (GraphStates.Hash(older), GraphStates.Hash(newer));
    }

    private string Load(out IReadOnlyDictionary<TopicPartition, long> offsets)
    {
        using var store = Store();
        var checkpoint = store.Load();
        offsets = checkpoint.Offsets;
        return GraphStates.Hash(checkpoint.State);
    }

    private string[] Files() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("/lock")).ToArray();

    private CheckpointStore Store() => new(Options.Create(new GraphBuilderOptions { CheckpointDirectory = _folder.Path }), NullLogger<CheckpointStore>.Instance);
}

using Confluent.Kafka;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shards_TakenOverAnywhereInTheLogByAnotherProcess_EndLikeAnUninterruptedRun() =>
        Prop.ForAll<int, byte>((seed, at) =>
        {
            using var folder = new TemporaryFolder();
            var store = Store(folder.Path);
            var records = RandomShop.Records(seed);
            var cut = records.Count * at / 256;
            var before = GraphStates.Of(records.Take(cut), 2);
            foreach (var shard in before.Shards)
                store.Shard(shard.Partition).Save(Content(before, shard, cut));
            // The one that takes over has read the items only, in another order, so it numbers them otherwise.
            var after = new GraphState { TypeNames = GraphStates.Types.Names };
            foreach (var record in records.Take(cut).Where(r => r.IsItem).OrderByDescending(r => r.Key, StringComparer.Ordinal))
                Assert.Null(GraphStates.Apply(after, record));
            foreach (var partition in new[] { 1, 0 })
            {
                var (shard, manifest) = store.Shard(partition).Load((f, m) => f.RestoreShard(m, partition, after))!.Value;
                Assert.Equal(cut, manifest.Offsets.Single().Value);
                Assert.True(shard.Changes.IsEmpty);
                after.Add(shard);
            }
            for (var n = cut; n < records.Count; n++)
                Assert.Null(GraphStates.Apply(after, records[n], GraphStates.PartitionOf(records[n], 2), n));
            var whole = GraphStates.Of(records, 2);
            Assert.Equal(GraphStates.Hash(whole), GraphStates.Hash(after));
            Assert.Equal(Counts(whole), Counts(after));
            Assert.Equal(GraphStates.Pairs(whole), GraphStates.Pairs(after));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void ForgetOffsets_LogMadeAnew_KeepsEverythingElse()
    {
        var state = GraphStates.Of(RandomShop.Records(3));
        var (before, picture) = (GraphStates.Pairs(state), state.Freeze());
        state.Shard(0).ForgetOffsets();
        Assert.Equal(before.Select(pair => pair[..pair.LastIndexOf('@')]).Order(StringComparer.Ordinal), GraphStates.Pairs(state).Select(pair => pair[..pair.LastIndexOf('@')]));
        Assert.All(GraphStates.Pairs(state), pair => Assert.EndsWith("@0", pair));
        // Pictures taken before keep theirs.
        var users = picture.Shards[0].Users;
        Assert.Contains(Enumerable.Range(0, users.Count).SelectMany(user => users[user].Pairs.ToArray()), pair => pair.Offset > 0);
    }

    [Fact]
    public void Shard_RestoredWithOtherEventTypes_KeepsThoseThatAreStillThere()
    {
        var before = new GraphState { TypeNames = ["click", "purchase", "view"] };
        before.Add(before.NewShard(0));
        before.Shard(0).Touch("u", "i", PairKind.Positive, 1, 5, 0b111, 3);
        before.Shard(0).Touch("u", "j", PairKind.Positive, 1, 5, 0b001, 4);
        Store().Shard(0).Save(Content(before, 9));
        var after = new GraphState { TypeNames = ["cart", "purchase", "rent", "view"] };
        after.Add(Store().Shard(0).Load((f, m) => f.RestoreShard(m, 0, after))!.Value.Restored);
        Assert.Equal(["u i Positive 1 5 purchase+view @3", "u j Positive 1 5  @4"], GraphStates.Pairs(after));
    }

    [Fact]
    public void Items_Restored_AreThoseOfTheState()
    {
        var state = GraphStates.Of(RandomShop.Records(5));
        var place = Store().Items();
        Assert.Null(place.Load((f, m) => f.RestoreItems(m, new())));
        place.Save(CheckpointContent.OfItems(state.FreezeItems(), new Dictionary<TopicPartition, long> { [new("rearm.items", 1)] = 7 }, Now));
        var (restored, manifest) = Store().Items().Load((f, m) => f.RestoreItems(m, new()))!.Value;
        Assert.Equal(7, manifest.Progress);
        Assert.Equal((state.HiddenItems, state.Modalities.Count), (restored.HiddenItems, restored.Modalities.Count));
        Assert.Equal(state.ItemIds.Count, restored.ItemIds.Count);
        Assert.Empty(restored.Shards);
    }

    [Fact]
    public void Items_RestoredWithAttributes_HaveThoseThatAreStillKept()
    {
        var state = new GraphState { AttributeNames = new("title,price") };
        Assert.Null(GraphStates.Apply(state, ShopRecord.Describe(new Item { EventId = "a", ItemId = "tent", Time = ShopRecord.At(1), Attributes = { ["price"] = "9 €", ["title"] = "Tent" } })));
        Assert.Null(GraphStates.Apply(state, ShopRecord.Describe(new Item { EventId = "b", ItemId = "plain", Time = ShopRecord.At(1) })));
        Store().Items().Save(CheckpointContent.OfItems(state.FreezeItems(), new Dictionary<TopicPartition, long> { [new("rearm.items", 0)] = 2 }, Now));

        var (same, manifest) = Store().Items().Load((f, m) => f.RestoreItems(m, new() { AttributeNames = new("title,price") }))!.Value;
        var (other, _) = Store().Items().Load((f, m) => f.RestoreItems(m, new() { AttributeNames = new("image_url,title") }))!.Value;

        Assert.Equal(["price", "title"], manifest.AttributeNames);
        Assert.Equal(["plain:", "tent: price=9 € title=Tent"], GraphStates.Attributes(same));
        Assert.Equal(["plain:", "tent: title=Tent"], GraphStates.Attributes(other));
    }

    [Fact]
    public void Save_StateThatGoesOn_EveryCheckpointIsThatOfItsMoment()
    {
        var records = RandomShop.Records(3, 1500, users: 5000, items: 20);
        var state = GraphStates.Empty();
        var place = Store().Shard(0);
        for (var n = 0; n < records.Count; n++)
        {
            Assert.Null(GraphStates.Apply(state, records[n]));
            if (n % 300 == 299)
                place.Save(Content(state, n));
        }
        Assert.Equal(UsersHash(state), LoadedHash(out _));
    }

    [Fact]
    public void Save_LittleHasChanged_WritesLittle()
    {
        var state = GraphStates.Empty();
        for (var u = 0; u < 5 * SlabList<int>.SlabLength; u++)
            state.Shard(0).Touch($"u{u}", $"i{u % 1000}", PairKind.Positive, 1, u);
        var place = Store().Shard(0);
        var all = place.Save(Content(state, 1));
        Assert.Equal(all, place.Save(Content(state, 1)));
        state.Shard(0).Touch("u0", "i5", PairKind.Positive, 1, 1);
        Assert.InRange(place.Save(Content(state, 2)), 1, all / 3);
        Assert.InRange(place.Save(Content(state, 2)), 1, all / 3);
        Assert.InRange(place.Save(Content(state, 2)), 1, 1500);
    }

    [Fact]
    public void Save_UserErased_IsInNoFileAfterTwoCheckpoints()
    {
        var state = GraphStates.Of([ShopRecord.Touch("somebody-to-forget", "i", 1, "a"), ShopRecord.Touch("v", "i", 1, "b")]);
        // An earlier owner's checkpoints have the user as well.
        Store().Shard(0).Save(Content(state, 1));
        var place = Store().Shard(0);
        place.Save(Content(state, 2));
        place.Save(Content(state, 2));
        Assert.Contains(Files(), f => File.ReadAllText(f).Contains("somebody-to-forget"));
        Assert.Null(GraphStates.Apply(state, ShopRecord.Erase("somebody-to-forget", 2)));
        place.Save(Content(state, 3));
        place.Save(Content(state, 3));
        Assert.DoesNotContain(Files(), f => File.ReadAllText(f).Contains("somebody-to-forget"));
    }

    [Fact]
    public void Save_ByANewOwner_KeepsTheEarlierOnesUntilThereAreTwoOfItsOwn()
    {
        SaveTwo();
        var state = GraphStates.Of(RandomShop.Records(9, 40));
        var place = Store().Shard(0);
        place.Save(Content(state, 100));
        Assert.Equal(2, Writers().Length);
        place.Save(Content(state, 101));
        Assert.Single(Writers());
        Assert.Equal(UsersHash(state), LoadedHash(out _));
    }

    [Fact]
    public void Save_ByOneThatWasPausedAndHasLostThePlace_DamagesNothing()
    {
        var paused = Store().Shard(0);
        paused.Save(Content(GraphStates.Of(RandomShop.Records(1, 40)), 40));
        paused.Save(Content(GraphStates.Of(RandomShop.Records(1, 41)), 41));
        var state = GraphStates.Of(RandomShop.Records(1, 80));
        var successor = Store().Shard(0);
        successor.Save(Content(state, 80));
        successor.Save(Content(state, 80));
        // Back at work, it does not know that its files are gone, and claims to have read more.
        var stale = GraphStates.Of(RandomShop.Records(1, 41));
        paused.Save(Content(stale, 1000));
        Assert.Equal(UsersHash(stale), LoadedHash(out var offset));
        Assert.Equal(1000, offset);
        successor.Save(Content(state, 81));
        Assert.Single(Writers());
        Assert.Equal(UsersHash(state), LoadedHash(out _));
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
                Assert.Equal(older, LoadedHash(out var offset));
                Assert.Equal(40, offset);
            }
            File.Delete(file);
            Assert.Equal(older, LoadedHash(out _));
            File.WriteAllBytes(file, whole);
        }
        Assert.Equal(newer, LoadedHash(out _));
    }

    [Fact]
    public void Load_NewestOfANewOwnerDamaged_FallsBackToTheEarlierOwners()
    {
        var (_, newer) = SaveTwo();
        Store().Shard(0).Save(Content(GraphStates.Of(RandomShop.Records(1, 120)), 120));
        foreach (var file in Files().Where(f => f.StartsWith(Writers()[^1])))
            File.WriteAllText(file, "damaged");
        Assert.Equal(newer, LoadedHash(out var offset));
        Assert.Equal(80, offset);
    }

    [Fact]
    public void Load_KilledWhileTheNextWasWritten_IsTheNewestWhole()
    {
        var (_, newer) = SaveTwo();
        // The third goes to the folder of the first: some of its slabs are there, one of them torn, and its manifest is not.
        var next = Path.Combine(Writers().Single(), "a");
        File.WriteAllBytes(Path.Combine(next, $"{new string('0', 64)}.slab"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(next, "manifest.next"), [1, 2, 3]);
        Assert.Equal(newer, LoadedHash(out var offset));
        Assert.Equal(80, offset);
    }

    [Fact]
    public void Save_FolderCannotBeWritten_FailsAndTheOneBeforeStands()
    {
        var (_, newer) = SaveTwo(out var place);
        var next = Path.Combine(Writers().Single(), "a");
        Directory.Delete(next, recursive: true);
        File.WriteAllText(next, "in the way");
        Assert.ThrowsAny<IOException>(() => place.Save(Content(GraphStates.Of(RandomShop.Records(9, 40)), 90)));
        Assert.Equal(newer, LoadedHash(out _));
    }

    [Fact]
    public void Load_AllDamaged_RefusesAndSaysWhatToDo()
    {
        SaveTwo();
        foreach (var file in Files().Where(f => f.EndsWith("manifest")))
            File.WriteAllText(file, "This is certainly not a checkpoint, but it is long enough to be one.");
        var e = Assert.Throws<ContractException>(() => LoadedHash(out _));
        Assert.Contains(_folder.Path, e.Message);
        Assert.Contains("move the folder away", e.Message);
    }

    [Fact]
    public void SetAside_PartitionThatTheTopicNoLongerHas_IsKeptUnderAnotherName()
    {
        SaveTwo();
        Assert.Equal([0], Store().Partitions);
        Store().SetAside(0);
        Assert.Empty(Store().Partitions);
        Assert.NotEmpty(Files());
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

    private static CheckpointContent Content(GraphState state, long offset) => Content(state, state.Shard(0), offset);

    private static CheckpointContent Content(GraphState state, UserShard shard, long offset) => CheckpointContent.OfShard(
        shard.Freeze(), state.FreezeItems(), new Dictionary<TopicPartition, long> { [new(GraphStates.Topics.Interactions, shard.Partition)] = offset }, Now, asked: 0);

    /// <summary>Of the users alone, as a shard's checkpoint has them: nothing is said about the items.</summary>
    private static string UsersHash(GraphState state)
    {
        var users = state.Shard(0).Freeze();
        var undescribed = new GraphState();
        for (var item = 0; item < state.ItemIds.Count; item++)
            undescribed.EnsureItem(state.ItemIds.Utf8(item));
        return GraphStates.Cut(new FrozenState { Items = undescribed.FreezeItems(), Shards = [users] }).Info.Hash;
    }

    private (string Older, string Newer) SaveTwo() => SaveTwo(out _);

    private (string Older, string Newer) SaveTwo(out CheckpointPlace place)
    {
        var (older, newer) = (GraphStates.Of(RandomShop.Records(1, 40)), GraphStates.Of(RandomShop.Records(1, 80)));
        place = Store().Shard(0);
        place.Save(Content(older, 40));
        place.Save(Content(newer, 80));
        return (UsersHash(older), UsersHash(newer));
    }

    private string LoadedHash(out long offset)
    {
        var state = new GraphState();
        var (shard, manifest) = Store().Shard(0).Load((f, m) => f.RestoreShard(m, 0, state))!.Value;
        state.Add(shard);
        offset = manifest.Progress;
        return UsersHash(state);
    }

    private string[] Files() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);

    // The folders of the place's claims; those made later in the same second may come before.
    private string[] Writers() => [.. Directory.GetDirectories(Path.Combine(_folder.Path, "interactions-0")).OrderBy(Directory.GetCreationTimeUtc)];

    private CheckpointStore Store() => Store(_folder.Path);

    private static CheckpointStore Store(string folder) =>
        new(Options.Create(new GraphBuilderOptions { CheckpointDirectory = folder }), TimeProvider.System, NullLogger<CheckpointStore>.Instance);
}

using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder.Publishing;

public sealed class LiveStateWriterTests : IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisConnection _redis;
    private readonly LiveStateWriter _writer;
    private readonly IDatabase _database;
    private readonly PopularItemsWriter _popular;
    private readonly GraphState _state = new() { TypeNames = ["click", "purchase"] };
    private readonly UserShard _users;

    public LiveStateWriterTests(RedisFixture redis)
    {
        _redis = redis.Server.Connect();
        _writer = new(_redis, TimeProvider.System, Options.Create(new GraphBuilderOptions { MaxSeenPerUser = 3 }));
        _popular = new(_redis, Options.Create(new GraphBuilderOptions()));
        _database = redis.Server.Database;
        _state.Add(_users = _state.NewShard(0));
    }

    public void Dispose() => _redis.Dispose();

    [Fact]
    public async Task Write_Touches_AreTheUsersNewestItemsWithTheirTimes()
    {
        for (var n = 0; n < 5; n++)
            Touch("u", $"i{n}", n);
        Touch("u", "i2", 9);
        await _writer.WriteAsync(_state, true, default);
        Assert.Equal([("i3", 3), ("i4", 4), ("i2", 9)], await SeenAsync("u"));
        Assert.True(_users.Changes.IsEmpty);
    }

    [Fact]
    public async Task Write_ItemsThatTheUserDoesNotWant_AreSeenButNotRecent()
    {
        Touch("u", "liked", 1);
        Touch("u", "hated", 2);
        Touch("u", "undone", 3);
        await _writer.WriteAsync(_state, true, default);
        _users.Touch("u", "hated", PairKind.Negative, 0, 4);
        _users.Touch("u", "undone", PairKind.Retracted, 0, 4);
        await _writer.WriteAsync(_state, true, default);
        Assert.Equal([("hated", -4), ("liked", 1)], await SeenAsync("u"));
        Assert.Equal([new("liked", 1, false), new("hated", 4, true)], (await ReadAsync("u")).History);
    }

    [Fact]
    public async Task Write_AllRetracted_LeavesNothingOfTheUser()
    {
        Touch("u", "undone", 3);
        await _writer.WriteAsync(_state, true, default);
        _users.Touch("u", "undone", PairKind.Retracted, 0, 4);
        await _writer.WriteAsync(_state, true, default);
        Assert.False(await _database.KeyExistsAsync(_redis.Keys.User("u")));
    }

    [Fact]
    public async Task Write_NewestIsRetracted_TheOneBeforeTheOldestComesBack()
    {
        for (var n = 1; n <= 5; n++)
            Touch("u", $"i{n}", n);
        await _writer.WriteAsync(_state, true, default);
        _users.Touch("u", "i5", PairKind.Retracted, 0, 6);
        await _writer.WriteAsync(_state, true, default);
        Assert.Equal([("i2", 2), ("i3", 3), ("i4", 4)], await SeenAsync("u"));
    }

    [Fact]
    public async Task Write_TypesAndOffsets_AreReadBackByName()
    {
        _users.Touch("u", "bought", PairKind.Positive, 5, 1, types: 0b10, offset: 7);
        _users.Touch("u", "bought", PairKind.Positive, 1, 1, types: 0b01, offset: 9);
        _users.Touch("u", "clicked", PairKind.Positive, 1, 2, types: 0b01, offset: (1L << 40) - 1);
        await _writer.WriteAsync(_state, true, default);
        var read = await ReadAsync("u");
        // The click on what was bought before adds its type alone.
        Assert.Equal([new("clicked", 2, false, 0b01, (1L << 40) - 1), new("bought", 1, false, 0b11, 7)], read.History);
        Assert.Equal(0, read.Header.Partition);
        Assert.Equal((0b10, 0b11, 0), (read.Header.BitsOf(["purchase"]), read.Header.BitsOf(["click", "purchase"]), read.Header.BitsOf(["unheard-of"])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Write_AsItComes_IsWhatWritingAllGives(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            for (var events = random.Next(5); events >= 0; events--)
                if (random.Next(40) == 0)
                    _users.EraseUser("u", round * 10);
                else
                    // Late ones, ties and repeats among them.
                    _users.Touch(
                        "u", $"i{random.Next(9)}", (PairKind)Math.Max(0, random.Next(7) - 4), 1 + random.Next(3), round * 10 + random.Next(30),
                        (byte)random.Next(4), round * 100 + events);
            await _writer.WriteAsync(_state, true, default);
            var written = await ReadAsync("u");
            await _database.KeyDeleteAsync(_redis.Keys.User("u"));
            await WriteAllAsync(_writer);
            var all = await ReadAsync("u");
            Assert.Equal(all.History, written.History);
            Assert.Equal(all.Header.Bytes.ToArray(), written.Header.Bytes.ToArray());
        }
    }

    [Fact]
    public async Task Write_ItemsAreBehind_HidesAtOnceButUnhidesOnceTheyHaveBeenRead()
    {
        // Deleted since the checkpoint, which knows one as described and of the other nothing.
        await _database.SetAddAsync(_redis.Keys.HiddenItems, ["gone", "gone too"]);
        _state.PutItem("gone", new() { Time = 1 });
        _state.PutItem("out", new() { Time = 1, Available = false });
        _state.ItemsAreBehind = true;
        await WriteAllAsync(_writer);
        _state.PutItem("gone", new() { Time = 2 });
        _state.PutItem("gone too", new() { Time = 2 });
        await _writer.WriteAsync(_state, true, default);
        await _writer.UnhideAsync(_state, default);
        Assert.Equal(["gone", "gone too", "out"], await HiddenAsync());

        _state.PutItem("gone", new() { Time = 3, Deleted = true });
        _state.ItemsAreBehind = false;
        await _writer.WriteAsync(_state, true, default);
        await _writer.UnhideAsync(_state, default);
        Assert.Equal(["gone", "out"], await HiddenAsync());
        Assert.False(await IsBehindAsync());
    }

    [Fact]
    public async Task FindLoss_NotRepairedYet_IsStillALoss()
    {
        Fill();
        await WriteAllAsync(_writer);
        await _database.KeyDeleteAsync(_redis.Keys.User("u77"));
        var audit = Audit();
        Assert.NotNull(await audit.FindLossAsync(_state, true, default));
        Assert.NotNull(await audit.FindLossAsync(_state, true, default));
        await WriteAllAsync(_writer);
        audit.Repaired();
        Assert.Null(await audit.FindLossAsync(_state, true, default));
    }

    [Fact]
    public async Task FindLoss_NothingLost_IsNull()
    {
        Fill();
        await WriteAllAsync(_writer);
        for (var n = 0; n < 10; n++)
            Assert.Null(await Audit().FindLossAsync(_state, true, default));
    }

    [Fact]
    public async Task FindLoss_RedisKnowsMoreThanTheState_IsNullAndNothingIsDeleted()
    {
        // As when a log is read again from its beginning.
        await _database.HashSetAsync(_redis.Keys.User("u77"), "not-read-yet", HistoryCodec.Write(new("", 1, false)));
        await _database.SetAddAsync(_redis.Keys.HiddenItems, "not-read-yet");
        Touch("u77", "i", 2);
        await _writer.WriteAsync(_state, true, default);
        Assert.Null(await Audit().FindLossAsync(_state, true, default));
        await WriteAllAsync(_writer);
        Assert.Equal([("not-read-yet", 1), ("i", 2)], await SeenAsync("u77"));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("item of a user")]
    [InlineData("hidden items")]
    [InlineData("changes of hidden items")]
    public async Task FindLoss_SomeKeysGone_IsFoundAndWriteAllRepairsIt(string what)
    {
        Fill();
        await WriteAllAsync(_writer);
        Assert.True(what switch
        {
            "user" => await _database.KeyDeleteAsync(_redis.Keys.User("u77")),
            "item of a user" => await _database.HashDeleteAsync(_redis.Keys.User("u77"), "i2"),
            "hidden items" => await _database.KeyDeleteAsync(_redis.Keys.HiddenItems),
            _ => await _database.KeyDeleteAsync(_redis.Keys.HiddenItemsHead),
        });
        var audit = Audit();
        // It looks at some users with each call.
        string? loss = null;
        for (var n = 0; n < 10 && loss is null; n++)
            loss = await audit.FindLossAsync(_state, true, default);
        Assert.Contains(what.Split(' ')[0], loss);
        await WriteAllAsync(_writer);
        audit.Repaired();
        for (var n = 0; n < 10; n++)
            Assert.Null(await audit.FindLossAsync(_state, true, default));
    }

    [Fact]
    public async Task Write_ItemsDeletedOrUnavailable_AreHiddenUntilTheyReturn()
    {
        _state.PutItem("gone", new() { Time = 1, Deleted = true });
        _state.PutItem("out", new() { Time = 1, Available = false });
        _state.PutItem("in", new() { Time = 1 });
        await _writer.WriteAsync(_state, true, default);
        Assert.Equal(["gone", "out"], (await _database.SetMembersAsync(_redis.Keys.HiddenItems)).Select(m => (string)m!).Order());
        _state.PutItem("gone", new() { Time = 2 });
        await _writer.WriteAsync(_state, true, default);
        Assert.Equal(["out"], (await _database.SetMembersAsync(_redis.Keys.HiddenItems)).Select(m => (string)m!));
    }

    [Fact]
    public async Task WriteAll_RedisLostEverything_RestoresIt()
    {
        Touch("u", "i", 1);
        _state.PutItem("out", new() { Time = 1, Available = false });
        ForgetChanges();
        Assert.True(await IsBehindAsync());
        await WriteAllAsync(_writer);
        await _popular.WriteAsync(_state, 1, true, default);
        Assert.False(await IsBehindAsync());
        Assert.Equal([("i", 1)], await SeenAsync("u"));
        Assert.True(await _database.SetContainsAsync(_redis.Keys.HiddenItems, "out"));
        Assert.Equal(["i"], PopularItems.Parser.ParseFrom((byte[])(await _database.StringGetAsync(_redis.Keys.Popular))!).ItemIds);
    }

    [Fact]
    public async Task WritePopular_RedisHasLostIt_WritesItAgain()
    {
        Touch("u", "i", 1);
        await _popular.WriteAsync(_state, 1, true, default);
        await _database.KeyDeleteAsync(_redis.Keys.Popular);
        await _popular.WriteAsync(_state, 1, true, default);
        Assert.Equal(["i"], PopularItems.Parser.ParseFrom((byte[])(await _database.StringGetAsync(_redis.Keys.Popular))!).ItemIds);
    }

    [Fact]
    public async Task IsBehind_NothingLost_IsFalseOnceEverythingHasBeenWritten()
    {
        Assert.True(await IsBehindAsync());
        await WriteAllAsync(_writer);
        for (var n = 0; n < 3; n++)
        {
            Touch("u", "i", n + 1);
            await _writer.WriteAsync(_state, true, default);
            await _popular.WriteAsync(_state, 1, true, default);
            Assert.False(await IsBehindAsync());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IsBehind_RedisRestoredFromAnOlderCopy_IsTrueAndWriteAllRepairsIt(bool writesBeforeItIsNoticed)
    {
        Touch("u", "old", 1);
        _state.PutItem("back", new() { Time = 1, Available = false });
        await WriteAllAsync(_writer);
        ForgetChanges();
        var copy = await CopyAsync();

        Touch("u", "new", 2);
        _users.EraseUser("v", 1);
        Touch("v", "new", 2);
        _state.PutItem("back", new() { Time = 2 });
        _state.PutItem("out", new() { Time = 2, Available = false });
        await _writer.WriteAsync(_state, true, default);
        await _popular.WriteAsync(_state, 1, true, default);
        Assert.False(await IsBehindAsync());

        await RestoreAsync(copy);
        if (writesBeforeItIsNoticed)
        {
            Touch("w", "new", 3);
            await _writer.WriteAsync(_state, true, default);
        }
        Assert.True(await IsBehindAsync());
        await WriteAllAsync(_writer);
        await _popular.WriteAsync(_state, 1, true, default);
        Assert.False(await IsBehindAsync());
        Assert.Equal([("old", 1), ("new", 2)], await SeenAsync("u"));
        Assert.Equal([("new", 2)], await SeenAsync("v"));
        Assert.Equal(["out"], (await _database.SetMembersAsync(_redis.Keys.HiddenItems)).Select(m => (string)m!));
        Assert.Contains("new", PopularItems.Parser.ParseFrom((byte[])(await _database.StringGetAsync(_redis.Keys.Popular))!).ItemIds);
    }

    [Fact]
    public async Task IsBehind_AnotherProcessWrote_IsTrue()
    {
        await WriteAllAsync(_writer);
        Assert.False(await IsBehindAsync());
        await WriteAllAsync(new(_redis, TimeProvider.System, Options.Create(new GraphBuilderOptions())));
        Assert.True(await IsBehindAsync());
    }

    [Fact]
    public async Task WriteAll_EmptyState_LeavesHiddenItemsHidden()
    {
        await _database.SetAddAsync(_redis.Keys.HiddenItems, "out");
        await WriteAllAsync(_writer);
        Assert.True(await _database.SetContainsAsync(_redis.Keys.HiddenItems, "out"));
    }

    private RedisKey[] AllKeys =>
    [
        _redis.Keys.LiveMarker, _redis.Keys.ShardMarker(0), _redis.Keys.Popular,
        _redis.Keys.HiddenItems, _redis.Keys.HiddenItemsHead, _redis.Keys.HiddenItemsChanges,
        _redis.Keys.User("u"), _redis.Keys.User("v"), _redis.Keys.User("w"),
    ];

    private async Task<byte[]?[]> CopyAsync() => await Task.WhenAll(AllKeys.Select(key => _database.KeyDumpAsync(key)));

    private async Task RestoreAsync(byte[]?[] copy)
    {
        await _database.KeyDeleteAsync(AllKeys);
        for (var k = 0; k < copy.Length; k++)
            if (copy[k] is { } value)
                await _database.KeyRestoreAsync(AllKeys[k], value);
    }

    private async Task WriteAllAsync(LiveStateWriter writer)
    {
        await writer.WriteAllAsync(_state, _users, default);
        await writer.WriteAllItemsAsync(_state, default);
        _popular.Forget();
    }

    // Both are looked at, as each look leaves a marker.
    private async Task<bool> IsBehindAsync() => await _writer.IsBehindAsync(_users, default) | await _writer.IsBehindOnItemsAsync(default);

    private async Task<IEnumerable<string>> HiddenAsync() => (await _database.SetMembersAsync(_redis.Keys.HiddenItems)).Select(m => (string)m!).Order();

    private void ForgetChanges()
    {
        _users.Changes.Clear();
        _state.ChangedItems.Clear();
    }

    private LiveStateAudit Audit() => new(_redis, Options.Create(new GraphBuilderOptions { MaxSeenPerUser = 3 }));

    private void Fill()
    {
        for (var u = 0; u < 600; u++)
            for (var i = 0; i < 5; i++)
                Touch($"u{u}", $"i{i}", i + 1);
        _state.PutItem("out", new() { Time = 1, Available = false });
    }

    private void Touch(string user, string item, int time) => _users.Touch(user, item, PairKind.Positive, 1, time);

    private async Task<(string Item, int Time)[]> SeenAsync(string user) =>
        [.. (await ReadAsync(user)).History.Select(t => (t.ItemId, (int)(t.IsNegative ? -t.Time : t.Time))).OrderBy(t => t.Item2)];

    private async Task<UserState> ReadAsync(string user) =>
        (await new UserReader(_redis, new RedisPatience(_redis, TimeSpan.FromSeconds(10))).ReadAsync(user, null, default))!;
}

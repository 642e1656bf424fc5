using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
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
    private readonly GraphState _state = new();

    public LiveStateWriterTests(RedisFixture redis)
    {
        _redis = redis.Server.Connect();
        _writer = new(_redis, TimeProvider.System, Options.Create(new GraphBuilderOptions { MaxSeenPerUser = 3 }));
        _database = redis.Server.Database;
    }

    public void Dispose() => _redis.Dispose();

    [Fact]
    public async Task Write_Touches_AreTheUsersNewestItemsWithTheirTimes()
    {
        for (var n = 0; n < 5; n++)
            Touch("u", $"i{n}", n);
        Touch("u", "i2", 9);
        await _writer.WriteAsync(_state, default);
        Assert.Equal([("i3", 3), ("i4", 4), ("i2", 9)], await SeenAsync("u"));
        Assert.True(_state.Changes.IsEmpty);
    }

    [Fact]
    public async Task Write_ItemsThatTheUserDoesNotWant_AreSeenButNotRecent()
    {
        Touch("u", "liked", 1);
        Touch("u", "hated", 2);
        Touch("u", "undone", 3);
        await _writer.WriteAsync(_state, default);
        _state.Touch("u", "hated", PairKind.Negative, 0, 4);
        _state.Touch("u", "undone", PairKind.Retracted, 0, 4);
        await _writer.WriteAsync(_state, default);
        Assert.Equal([("hated", -4), ("liked", 1)], await SeenAsync("u"));
        Assert.Equal([new("liked", 1, false), new("hated", 4, true)], (await new UserHistory(_redis, TimeSpan.FromSeconds(10)).ReadAsync("u", default))!);
    }

    [Fact]
    public async Task Write_Erasure_MarksTheUserByHash()
    {
        Touch("somebody", "i", 1);
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 1;
        _state.EraseUser("somebody", 5);
        await _writer.WriteAsync(_state, default);
        var catalogue = new LiveCatalogue(_redis);
        Assert.Equal([RedisKeys.UserHash(StableHash.Of("somebody"))], await catalogue.ReadErasedUsersAsync(before, default));
        Assert.Empty(await catalogue.ReadErasedUsersAsync(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), default));
    }

    [Fact]
    public async Task FindLoss_NothingLost_IsNull()
    {
        Fill();
        await _writer.WriteAllAsync(_state, default);
        for (var n = 0; n < 10; n++)
            Assert.Null(await Audit().FindLossAsync(_state, default));
    }

    [Fact]
    public async Task FindLoss_RedisKnowsMoreThanTheState_IsNullAndNothingIsDeleted()
    {
        // As when a log is read again from its beginning.
        await _database.SortedSetAddAsync(_redis.Keys.User("u77"), "not-read-yet", 1);
        await _database.SetAddAsync(_redis.Keys.HiddenItems, "not-read-yet");
        Touch("u77", "i", 2);
        await _writer.WriteAsync(_state, default);
        Assert.Null(await Audit().FindLossAsync(_state, default));
        await _writer.WriteAllAsync(_state, default);
        Assert.Equal([("not-read-yet", 1), ("i", 2)], await SeenAsync("u77"));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("item of a user")]
    [InlineData("hidden items")]
    public async Task FindLoss_SomeKeysGone_IsFoundAndWriteAllRepairsIt(string what)
    {
        Fill();
        await _writer.WriteAllAsync(_state, default);
        Assert.True(what switch
        {
            "user" => await _database.KeyDeleteAsync(_redis.Keys.User("u77")),
            "item of a user" => await _database.SortedSetRemoveAsync(_redis.Keys.User("u77"), "i2"),
            _ => await _database.KeyDeleteAsync(_redis.Keys.HiddenItems),
        });
        var audit = Audit();
        // It looks at some users with each call.
        string? loss = null;
        for (var n = 0; n < 10 && loss is null; n++)
            loss = await audit.FindLossAsync(_state, default);
        Assert.Contains(what.Split(' ')[0], loss);
        await _writer.WriteAllAsync(_state, default);
        for (var n = 0; n < 10; n++)
            Assert.Null(await audit.FindLossAsync(_state, default));
    }

    [Fact]
    public async Task Write_Erasure_RemovesWhatCameBeforeIt()
    {
        Touch("u", "i", 1);
        Touch("v", "i", 1);
        await _writer.WriteAsync(_state, default);
        _state.EraseUser("u", 5);
        Touch("u", "j", 7);
        await _writer.WriteAsync(_state, default);
        Assert.Equal([("j", 7)], await SeenAsync("u"));
        _state.EraseUser("u", 7);
        await _writer.WriteAsync(_state, default);
        Assert.False(await _database.KeyExistsAsync(_redis.Keys.User("u")));
        Assert.Equal([("i", 1)], await SeenAsync("v"));
    }

    [Fact]
    public async Task Write_ItemsDeletedOrUnavailable_AreHiddenUntilTheyReturn()
    {
        _state.PutItem("gone", new() { Time = 1, Deleted = true });
        _state.PutItem("out", new() { Time = 1, Available = false });
        _state.PutItem("in", new() { Time = 1 });
        await _writer.WriteAsync(_state, default);
        Assert.Equal(["gone", "out"], (await _database.SetMembersAsync(_redis.Keys.HiddenItems)).Select(m => (string)m!).Order());
        _state.PutItem("gone", new() { Time = 2 });
        await _writer.WriteAsync(_state, default);
        Assert.Equal(["out"], (await _database.SetMembersAsync(_redis.Keys.HiddenItems)).Select(m => (string)m!));
    }

    [Fact]
    public async Task WriteAll_RedisLostEverything_RestoresIt()
    {
        Touch("u", "i", 1);
        _state.PutItem("out", new() { Time = 1, Available = false });
        _state.Changes.Clear();
        Assert.True(await _writer.IsBehindAsync(default));
        await _writer.WriteAllAsync(_state, default);
        await _writer.WritePopularAsync(_state, default);
        Assert.False(await _writer.IsBehindAsync(default));
        Assert.Equal([("i", 1)], await SeenAsync("u"));
        Assert.True(await _database.SetContainsAsync(_redis.Keys.HiddenItems, "out"));
        Assert.Equal(["i"], PopularItems.Parser.ParseFrom((byte[])(await _database.StringGetAsync(_redis.Keys.Popular))!).ItemIds);
    }

    [Fact]
    public async Task IsBehind_NothingLost_IsFalseOnceEverythingHasBeenWritten()
    {
        Assert.True(await _writer.IsBehindAsync(default));
        await _writer.WriteAllAsync(_state, default);
        for (var n = 0; n < 3; n++)
        {
            Touch("u", "i", n + 1);
            await _writer.WriteAsync(_state, default);
            await _writer.WritePopularAsync(_state, default);
            Assert.False(await _writer.IsBehindAsync(default));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IsBehind_RedisRestoredFromAnOlderCopy_IsTrueAndWriteAllRepairsIt(bool writesBeforeItIsNoticed)
    {
        Touch("u", "old", 1);
        _state.PutItem("back", new() { Time = 1, Available = false });
        await _writer.WriteAllAsync(_state, default);
        _state.Changes.Clear();
        var copy = await CopyAsync();

        Touch("u", "new", 2);
        _state.EraseUser("v", 1);
        Touch("v", "new", 2);
        _state.PutItem("back", new() { Time = 2 });
        _state.PutItem("out", new() { Time = 2, Available = false });
        await _writer.WriteAsync(_state, default);
        await _writer.WritePopularAsync(_state, default);
        Assert.False(await _writer.IsBehindAsync(default));

        await RestoreAsync(copy);
        if (writesBeforeItIsNoticed)
        {
            Touch("w", "new", 3);
            await _writer.WriteAsync(_state, default);
        }
        Assert.True(await _writer.IsBehindAsync(default));
        await _writer.WriteAllAsync(_state, default);
        await _writer.WritePopularAsync(_state, default);
        Assert.False(await _writer.IsBehindAsync(default));
        Assert.Equal([("old", 1), ("new", 2)], await SeenAsync("u"));
        Assert.Equal([("new", 2)], await SeenAsync("v"));
        Assert.Equal(["out"], (await _database.SetMembersAsync(_redis.Keys.HiddenItems)).Select(m => (string)m!));
        Assert.Contains("new", PopularItems.Parser.ParseFrom((byte[])(await _database.StringGetAsync(_redis.Keys.Popular))!).ItemIds);
    }

    [Fact]
    public async Task IsBehind_AnotherProcessWrote_IsTrue()
    {
        await _writer.WriteAllAsync(_state, default);
        Assert.False(await _writer.IsBehindAsync(default));
        await new LiveStateWriter(_redis, TimeProvider.System, Options.Create(new GraphBuilderOptions())).WriteAllAsync(_state, default);
        Assert.True(await _writer.IsBehindAsync(default));
    }

    [Fact]
    public async Task WriteAll_EmptyState_LeavesHiddenItemsHidden()
    {
        await _database.SetAddAsync(_redis.Keys.HiddenItems, "out");
        await _writer.WriteAllAsync(_state, default);
        Assert.True(await _database.SetContainsAsync(_redis.Keys.HiddenItems, "out"));
    }

    [Fact]
    public async Task WriteAll_ErasedUsersRestoredFromAnOlderCopy_AreErasedAgain()
    {
        foreach (var user in (string[])["u", "v", "ünï w"])
            Touch(user, "i", 1);
        await _writer.WriteAsync(_state, default);
        _state.EraseUser("u", 5);
        _state.EraseUser("ünï w", 5);
        Touch("u", "j", 7);
        // Redis never heard of the erasures.
        _state.Changes.Clear();
        await _writer.WriteAllAsync(_state, default);
        Assert.Equal([("j", 7)], await SeenAsync("u"));
        Assert.Equal([("i", 1)], await SeenAsync("v"));
        Assert.False(await _database.KeyExistsAsync(_redis.Keys.User("ünï w")));
    }

    private RedisKey[] AllKeys => [_redis.Keys.LiveMarker, _redis.Keys.Popular, _redis.Keys.HiddenItems, _redis.Keys.User("u"), _redis.Keys.User("v"), _redis.Keys.User("w")];

    private async Task<byte[]?[]> CopyAsync() => await Task.WhenAll(AllKeys.Select(key => _database.KeyDumpAsync(key)));

    private async Task RestoreAsync(byte[]?[] copy)
    {
        await _database.KeyDeleteAsync(AllKeys);
        for (var k = 0; k < copy.Length; k++)
            if (copy[k] is { } value)
                await _database.KeyRestoreAsync(AllKeys[k], value);
    }

    private LiveStateAudit Audit() => new(_redis, Options.Create(new GraphBuilderOptions { MaxSeenPerUser = 3 }));

    private void Fill()
    {
        for (var u = 0; u < 600; u++)
            for (var i = 0; i < 5; i++)
                Touch($"u{u}", $"i{i}", i + 1);
        _state.PutItem("out", new() { Time = 1, Available = false });
    }

    private void Touch(string user, string item, int time) => _state.Touch(user, item, PairKind.Positive, 1, time);

    private async Task<(string Item, int Time)[]> SeenAsync(string user) =>
        [.. (await _database.SortedSetRangeByRankWithScoresAsync(_redis.Keys.User(user))).Select(e => ((string)e.Element!, (int)e.Score))];
}

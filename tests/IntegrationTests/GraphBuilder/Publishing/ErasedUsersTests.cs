using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder.Publishing;

/// <summary>Erased users stay erased, whatever becomes of Redis and of the GraphBuilder; what they do afterwards counts.</summary>
public sealed class ErasedUsersTests : IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisConnection _redis;
    private readonly LiveStateWriter _writer;
    private readonly IDatabase _database;
    private readonly GraphState _state = new();
    private readonly UserShard _users;

    public ErasedUsersTests(RedisFixture redis)
    {
        _redis = redis.Server.Connect();
        _writer = new(_redis, TimeProvider.System, Options.Create(new GraphBuilderOptions()));
        _database = redis.Server.Database;
        _state.Add(_users = _state.NewShard(0));
    }

    public void Dispose() => _redis.Dispose();

    [Fact]
    public async Task Write_Erasure_MarksTheUserByHash()
    {
        Touch("somebody", "i", 1);
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 1;
        _users.EraseUser("somebody", 5);
        await _writer.WriteAsync(_state, true, default);
        var catalogue = new LiveCatalogue(_redis);
        Assert.Equal([RedisKeys.UserHash(StableHash.Of("somebody"))], await catalogue.ReadErasedUsersAsync(before, default));
        Assert.Empty(await catalogue.ReadErasedUsersAsync(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), default));
    }

    [Fact]
    public async Task WriteAll_MarksOfErasuresLost_MarksEverybodyAgainHoweverLongAgoItWas()
    {
        _users.EraseUser("long ago", 5);
        await _writer.WriteAsync(_state, true, default);
        await WriteAllAsync();
        var marked = await new LiveCatalogue(_redis).ErasedAtAsync("long ago", default);
        await WriteAllAsync();
        // What was learned since the user came back is not taken away again.
        Assert.Equal(marked, await new LiveCatalogue(_redis).ErasedAtAsync("long ago", default));

        await _database.KeyDeleteAsync(_redis.Keys.ErasedUsers);
        await WriteAllAsync();
        Assert.NotNull(await new LiveCatalogue(_redis).ErasedAtAsync("long ago", default));
    }

    [Fact]
    public async Task WriteAll_UserErasedAfterTheCheckpoint_IsNotWrittenBackUntilTheErasureIsRead()
    {
        Touch("u", "before", 1);
        Touch("v", "i", 1);
        _users.IsBehind = true;
        await MarkErasedAsync("u");
        await WriteAllAsync();
        Touch("u", "before too", 2);
        await _writer.WriteAsync(_state, true, default);
        Assert.False(await _database.KeyExistsAsync(_redis.Keys.User("u")));
        Assert.Equal([("i", 1)], await SeenAsync("v"));

        _users.EraseUser("u", 5);
        Touch("u", "after", 6);
        await _writer.WriteAsync(_state, true, default);
        Assert.Equal([("after", 6)], await SeenAsync("u"));
    }

    [Fact]
    public async Task Write_AllOfTheLogRead_WritesUsersWhoWereWithheld()
    {
        Touch("u", "i", 1);
        _users.IsBehind = true;
        await MarkErasedAsync("u");
        await WriteAllAsync();
        Assert.Null(await new LiveStateAudit(_redis, Options.Create(new GraphBuilderOptions())).FindLossAsync(_state, true, default));

        _users.IsBehind = false;
        await _writer.WriteAsync(_state, true, default);
        Assert.Equal([("i", 1)], await SeenAsync("u"));
    }

    [Fact]
    public async Task Write_Erasure_RemovesWhatCameBeforeIt()
    {
        Touch("u", "i", 1);
        Touch("v", "i", 1);
        await _writer.WriteAsync(_state, true, default);
        _users.EraseUser("u", 5);
        Touch("u", "j", 7);
        await _writer.WriteAsync(_state, true, default);
        Assert.Equal([("j", 7)], await SeenAsync("u"));
        _users.EraseUser("u", 7);
        await _writer.WriteAsync(_state, true, default);
        Assert.False(await _database.KeyExistsAsync(_redis.Keys.User("u")));
        Assert.Equal([("i", 1)], await SeenAsync("v"));
    }

    [Fact]
    public async Task WriteAll_ErasedUsersRestoredFromAnOlderCopy_AreErasedAgain()
    {
        foreach (var user in (string[])["u", "v", "ünï w"])
            Touch(user, "i", 1);
        await _writer.WriteAsync(_state, true, default);
        _users.EraseUser("u", 5);
        _users.EraseUser("ünï w", 5);
        Touch("u", "j", 7);
        // Redis never heard of the erasures.
        _users.Changes.Clear();
        await WriteAllAsync();
        Assert.Equal([("j", 7)], await SeenAsync("u"));
        Assert.Equal([("i", 1)], await SeenAsync("v"));
        Assert.False(await _database.KeyExistsAsync(_redis.Keys.User("ünï w")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WriteAll_CheckpointKnowsOfTheErasureAndNotOfAllSince_KeepsWhatIsNewer(bool knowsSome)
    {
        Touch("u", "before", 1);
        await _writer.WriteAsync(_state, true, default);
        var old = await _database.HashGetAllAsync(_redis.Keys.User("u"));
        _users.EraseUser("u", 5);
        Touch("u", "after", 7);
        Touch("u", "later", 8);
        await _writer.WriteAsync(_state, true, default);
        await _database.HashSetAsync(_redis.Keys.User("u"), old);

        var checkpoint = new GraphState();
        var users = checkpoint.NewShard(0);
        checkpoint.Add(users);
        users.EraseUser("u", 5);
        if (knowsSome)
            users.Touch("u", "after", PairKind.Positive, 1, 7);
        await new LiveStateWriter(_redis, TimeProvider.System, Options.Create(new GraphBuilderOptions())).WriteAllAsync(checkpoint, users, default);

        Assert.Equal([("after", 7), ("later", 8)], await SeenAsync("u"));
    }

    [Fact]
    public async Task WriteAll_ErasedUserWhoseHistoryNobodyCanRead_HasNone()
    {
        _users.EraseUser("u", 5);
        await _database.HashSetAsync(_redis.Keys.User("u"), "i", "?");
        await WriteAllAsync();
        Assert.False(await _database.KeyExistsAsync(_redis.Keys.User("u")));
    }

    private Task WriteAllAsync() => _writer.WriteAllAsync(_state, _users, default);

    // By the GraphBuilder that was here before.
    private Task MarkErasedAsync(string user) => _database.SortedSetAddAsync(
        _redis.Keys.ErasedUsers, RedisKeys.UserHash(StableHash.Of(user)), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private void Touch(string user, string item, int time) => _users.Touch(user, item, PairKind.Positive, 1, time);

    private async Task<(string Item, long Time)[]> SeenAsync(string user) =>
        [.. (await new UserReader(_redis, new RedisPatience(_redis, TimeSpan.FromSeconds(10))).ReadAsync(user, null, default))!.History
            .Select(t => (t.ItemId, t.Time)).OrderBy(t => t.Time)];
}

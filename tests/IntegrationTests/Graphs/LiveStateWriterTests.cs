using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Edges;
using Rearm.Streaming.GraphBuilder.Graphs;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.Hosting.Redis;
using Rearm.Streaming.IntegrationTests.Fixtures;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Graphs;

public sealed class LiveStateWriterTests : IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisConnection _redis;
    private readonly LiveStateWriter _writer;
    private readonly IDatabase _database;
    private readonly GraphState _state = new(new IncrementalCooccurrence.Limits(4, 4, 0));

    public LiveStateWriterTests(RedisFixture redis)
    {
        _redis = new(Options.Create(new RedisOptions { Configuration = redis.Configuration, KeyPrefix = $"t{Guid.NewGuid():N}" }));
        _writer = new(_redis, Options.Create(new GraphBuilderOptions { MaxSeenPerUser = 3 }));
        _database = redis.Connection.GetDatabase();
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
    public async Task Write_ItemsThatComeAndGo_AreHiddenMeanwhile()
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
    public async Task WriteAll_RedisThatLostEverything_HasItAgain()
    {
        Touch("u", "i", 1);
        _state.PutItem("out", new() { Time = 1, Available = false });
        _state.Changes.Clear();
        Assert.True(await _writer.IsMissingAsync(_state, default));
        await _writer.WriteAllAsync(_state, default);
        await _writer.WritePopularAsync(_state, default);
        Assert.False(await _writer.IsMissingAsync(_state, default));
        Assert.Equal([("i", 1)], await SeenAsync("u"));
        Assert.True(await _database.SetContainsAsync(_redis.Keys.HiddenItems, "out"));
        Assert.Equal(["i"], PopularItems.Parser.ParseFrom((byte[])(await _database.StringGetAsync(_redis.Keys.Popular))!).ItemIds);
    }

    private void Touch(string user, string item, int time) => _state.Touch(user, item, new PairTouch(time, 0, 1));

    private async Task<(string Item, int Time)[]> SeenAsync(string user) =>
        [.. (await _database.SortedSetRangeByRankWithScoresAsync(_redis.Keys.User(user))).Select(e => ((string)e.Element!, (int)e.Score))];
}

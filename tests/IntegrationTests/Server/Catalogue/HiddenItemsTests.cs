using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Catalogue;

/// <summary>What is hidden, from the GraphBuilder's state through Redis to a Server's copy.</summary>
public sealed class HiddenItemsTests : IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisConnection _redis;
    private readonly GraphState _state = new();
    private LiveStateWriter _writer;
    private readonly HiddenItems _hidden;

    public HiddenItemsTests(RedisFixture fixture)
    {
        _redis = fixture.Server.Connect();
        _state.Add(_state.NewShard(0));
        (_writer, _hidden) = (NewWriter(), NewCopy());
    }

    private IDatabase Database => _redis.Database;

    [Fact]
    public async Task Follow_ItemsComeAndGo_HasWhatTheStateHasAndSaysWhatHasChanged()
    {
        var random = new Random(5);
        await _writer.WriteAllItemsAsync(_state, default);
        for (var round = 0; round < 30; round++)
        {
            // Twice as many as stay on record, once; another process takes over, once.
            for (var n = round == 15 ? 2 * HiddenItemsStore.ChangesKept : random.Next(50); n > 0; n--)
                Put($"i{(round == 15 ? n : random.Next(300))}", available: random.Next(2) == 0);
            if (round == 20)
            {
                _writer = NewWriter();
                await _writer.WriteAllItemsAsync(_state, default);
                _state.ChangedItems.Clear();
            }
            await _writer.WriteAsync(_state, true, default);
            var (version, before) = (_hidden.Version, _hidden.Items);

            await _hidden.FollowAsync(default);

            Assert.Equal(Expected(), _hidden.Items.Order(StringComparer.Ordinal));
            if (_hidden.ChangedSince(version) is { } changed)
                Assert.True(changed.ToHashSet().IsSupersetOf(before.SymmetricExcept(_hidden.Items)));
        }
        Assert.True(await Database.SortedSetLengthAsync(_redis.Keys.HiddenItemsChanges) <= HiddenItemsStore.ChangesKept);
    }

    [Fact]
    public async Task Follow_NothingHasChanged_ReadsNoItems()
    {
        Put("a", available: false);
        await _writer.WriteAllItemsAsync(_state, default);
        await _hidden.FollowAsync(default);
        await Database.KeyDeleteAsync([_redis.Keys.HiddenItems, _redis.Keys.HiddenItemsChanges]);
        await _hidden.FollowAsync(default);
        Assert.Equal(["a"], _hidden.Items);

        // And of a change not the items either.
        Put("b", available: false);
        _state.ChangedItems.Remove(_state.EnsureItem("a"u8));
        await _writer.WriteAsync(_state, true, default);
        await _hidden.FollowAsync(default);
        Assert.Equal(["a", "b"], _hidden.Items.Order());
    }

    [Theory]
    [InlineData("the changes")]
    [InlineData("the head")]
    [InlineData("all")]
    public async Task Follow_RedisHasLostSomething_HasWhatTheStateHasOnceThatIsWritten(string what)
    {
        for (var n = 0; n < 20; n++)
            Put($"i{n}", available: false);
        await _writer.WriteAllItemsAsync(_state, default);
        _state.ChangedItems.Clear();
        await _hidden.FollowAsync(default);
        Put("i3", available: true);
        await _writer.WriteAsync(_state, true, default);
        await Database.KeyDeleteAsync(what switch
        {
            "the changes" => [_redis.Keys.HiddenItemsChanges],
            "the head" => [_redis.Keys.HiddenItemsHead],
            _ => [_redis.Keys.HiddenItems, _redis.Keys.HiddenItemsHead, _redis.Keys.HiddenItemsChanges, _redis.Keys.LiveMarker],
        });
        Put("i4", available: true);
        await _writer.WriteAsync(_state, true, default);
        if (what == "all")
            await _writer.WriteAllItemsAsync(_state, default);

        await _hidden.FollowAsync(default);

        Assert.Equal(Expected(), _hidden.Items.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Follow_RedisRestoredFromAnOlderCopy_HasWhatTheStateHasOnceThatIsWritten()
    {
        Put("a", available: false);
        await _writer.WriteAllItemsAsync(_state, default);
        _state.ChangedItems.Clear();
        RedisKey[] keys = [_redis.Keys.HiddenItems, _redis.Keys.HiddenItemsHead, _redis.Keys.HiddenItemsChanges];
        var copy = await Task.WhenAll(keys.Select(key => Database.KeyDumpAsync(key)));
        Put("a", available: true);
        Put("b", available: false);
        await _writer.WriteAsync(_state, true, default);
        await _hidden.FollowAsync(default);

        await Database.KeyDeleteAsync(keys);
        for (var k = 0; k < keys.Length; k++)
            if (copy[k] is { } value)
                await Database.KeyRestoreAsync(keys[k], value);
        await _hidden.FollowAsync(default);
        Assert.Equal(["a"], _hidden.Items);
        // As many changes as had been read, and then the loss is noticed.
        Put("c", available: false);
        Put("d", available: false);
        await _writer.WriteAsync(_state, true, default);
        await _writer.WriteAllItemsAsync(_state, default);
        await _hidden.FollowAsync(default);

        Assert.Equal(["b", "c", "d"], _hidden.Items.Order());
    }

    public void Dispose() => _redis.Dispose();

    private IEnumerable<string> Expected() =>
        Enumerable.Range(0, _state.ItemIds.Count).Where(i => _state.Item(i).Hidden).Select(i => _state.ItemIds[i]!).Order(StringComparer.Ordinal);

    private void Put(string id, bool available) => _state.PutItem(id, new() { Time = 1, Available = available });

    private LiveStateWriter NewWriter() => new(_redis, TimeProvider.System, Options.Create(new GraphBuilderOptions()));

    private HiddenItems NewCopy() => new(new(_redis));
}

using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder.Publishing;

/// <summary>Two GraphBuilders, one partition each: the list is that of one with both.</summary>
public sealed class PopularItemsWriterTests : IClassFixture<RedisFixture>, IDisposable
{
    private const int Partitions = 2;

    private readonly RedisConnection _redis;
    private readonly IDatabase _database;
    private readonly Member _first;
    private readonly Member _second;
    private readonly GraphState _both = new();

    public PopularItemsWriterTests(RedisFixture redis)
    {
        _redis = redis.Server.Connect();
        _database = redis.Server.Database;
        (_first, _second) = (new(_redis, 0), new(_redis, 1));
        for (var partition = 0; partition < Partitions; partition++)
            _both.Add(_both.NewShard(partition));
    }

    public void Dispose() => _redis.Dispose();

    [Fact]
    public async Task Write_TwoMembers_AddUpToTheListOfOne()
    {
        var random = new Random(3);
        for (var round = 0; round < 5; round++)
        {
            for (var n = 0; n < 60; n++)
                Touch($"u{random.Next(40)}", $"i{random.Next(20)}", random.Next(5) == 0 ? PairKind.Negative : PairKind.Positive, round * 100 + n);
            Put($"i{round}", available: false);
            await WriteAsync();
            Assert.Equal(PopularItemsWriter.PopularItemsOf(_both, Member.Most), await ReadAsync());
        }
    }

    [Fact]
    public async Task Write_PartitionTakenOver_CountsItsUsersOnce()
    {
        foreach (var user in (string[])["u0", "u1", "u2", "u3"])
            Touch(user, "i", PairKind.Positive, 1);
        await WriteAsync();
        // What the first one had, somebody else has now, who counts for itself what it finds.
        var third = new Member(_redis, 0);
        foreach (var user in (string[])["u0", "u1", "u2", "u3"])
            if (PartitionOf(user) == 0)
                third.State.Shard(0).Touch(user, "i", PairKind.Positive, 1, 1);
        await third.WriteAsync(publishes: false);
        await _second.WriteAsync(publishes: true);
        Assert.Equal([4], (await ReadAsync()).Users);
    }

    [Fact]
    public async Task Write_OneHasAllPartitionsAgain_LeavesNoCountsBehind()
    {
        Touch("u0", "i", PairKind.Positive, 1);
        Touch("u1", "i", PairKind.Positive, 1);
        await WriteAsync();
        var other = _first.State.NewShard(1);
        _first.State.Add(other);
        foreach (var user in (string[])["u0", "u1"])
            if (PartitionOf(user) == 1)
                other.Touch(user, "i", PairKind.Positive, 1, 1);
        other.StartCounting();
        await _first.WriteAsync(publishes: true);
        Assert.Equal([2], (await ReadAsync()).Users);
        for (var partition = 0; partition < Partitions; partition++)
            Assert.False(await _database.KeyExistsAsync(_redis.Keys.ItemCounts(partition)));
    }

    private static int PartitionOf(string user) => user[^1] % Partitions;

    private void Touch(string user, string item, PairKind kind, long time)
    {
        foreach (var state in new[] { _both, (PartitionOf(user) == 0 ? _first : _second).State })
            state.Shard(PartitionOf(user)).Touch(user, item, kind, 1, time);
    }

    private void Put(string item, bool available)
    {
        foreach (var state in new[] { _both, _first.State, _second.State })
            state.PutItem(item, new() { Time = 1, Available = available });
    }

    private async Task WriteAsync()
    {
        await _second.WriteAsync(publishes: false);
        await _first.WriteAsync(publishes: true);
    }

    private async Task<PopularItems> ReadAsync() => PopularItems.Parser.ParseFrom((byte[])(await _database.StringGetAsync(_redis.Keys.Popular))!);

    private sealed class Member
    {
        public const int Most = 6;

        private readonly PopularItemsWriter _writer;

        public Member(RedisConnection redis, int partition)
        {
            _writer = new(redis, Options.Create(new GraphBuilderOptions { PopularItems = Most })) { RestPerSum = 0 };
            State.Add(State.NewShard(partition));
        }

        public GraphState State { get; } = new();

        public Task WriteAsync(bool publishes) => _writer.WriteAsync(State, Partitions, publishes, default);
    }
}

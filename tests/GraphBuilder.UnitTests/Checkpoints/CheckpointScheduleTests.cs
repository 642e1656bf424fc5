using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Checkpoints;

public sealed class CheckpointScheduleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Dictionary<TopicPartition, long> _next = [];
    private readonly GraphState _state = GraphStates.Of(RandomShop.Records(1), 2);
    private readonly CheckpointStore _store;
    private readonly CheckpointSchedule _schedule;

    public CheckpointScheduleTests()
    {
        var options = Options.Create(new GraphBuilderOptions { CheckpointDirectory = _folder.Path });
        var clients = new KafkaClients(Options.Create(new KafkaOptions()), NullLogger<KafkaClients>.Instance);
        _store = new(options, _time, NullLogger<CheckpointStore>.Instance);
        var metrics = new GraphBuilderMetrics(
            _services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), new RetryPolicy(new(), _time, NullLogger<RetryPolicy>.Instance), _time);
        _schedule = new(_store, clients, metrics, _time, options, NullLogger<CheckpointSchedule>.Instance);
        Read(0, 10);
        Read(1, 20);
        _schedule.ClaimShard(0);
        _schedule.ClaimShard(1);
    }

    public void Dispose()
    {
        _services.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Tick_ShardsClaimed_WritesThemAtOnceAndOnceMoreAtTheInterval()
    {
        Assert.Equal(2, (await RoundAsync()).Count);
        Assert.Empty(await RoundAsync());
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(2, (await RoundAsync()).Count);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Empty(await RoundAsync());
    }

    [Fact]
    public async Task Tick_OneShardHasNewRecords_WritesThatOne()
    {
        await SettledAsync();
        Read(1, 21);
        Assert.Empty(await RoundAsync());
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal([KeyValuePair.Create(Partition(1), 21L)], await RoundAsync());
    }

    [Fact]
    public async Task Tick_SomebodyAsks_WritesAllAtOnceWithTheRequestsNumber()
    {
        await SettledAsync();
        _schedule.Ask(77);
        Assert.Equal(2, (await RoundAsync()).Count);
        Assert.All([0, 1], p => Assert.Equal(77, _store.Shard(p).Newest()!.Asked));
        Assert.Empty(await RoundAsync());
    }

    [Fact]
    public async Task Tick_UserErased_WritesThatShardTwice()
    {
        await SettledAsync();
        _schedule.Erased(1);
        for (var n = 0; n < 2; n++)
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            Assert.Equal([Partition(1)], (await RoundAsync()).Keys);
        }
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Empty(await RoundAsync());
    }

    [Fact]
    public async Task Tick_ItemsClaimed_WritesThemToo()
    {
        _next[new(GraphStates.Topics.Items, 0)] = 5;
        _schedule.ClaimItems(true);
        Assert.Contains(new TopicPartition(GraphStates.Topics.Items, 0), (await RoundAsync()).Keys);
        Assert.Equal(5, _store.Items().Newest()!.Progress);
    }

    [Fact]
    public async Task Release_WhileACheckpointIsBeingWritten_TheLastOneHasEverything()
    {
        // Begins a round, and does not wait for it.
        Assert.Empty(_schedule.Tick(_state, _next, _ => 0));
        Assert.Null(GraphStates.Apply(_state, ShopRecord.Touch("late", "i1", 5, "late"), 1));
        Read(1, 21);
        await _schedule.ReleaseAsync(_state, _state.Shard(1), _next, _ => 3);
        var (shard, manifest) = _store.Shard(1).Load((f, m) => f.RestoreShard(m, 1, _state))!.Value;
        Assert.True(shard.UserIds.TryGet("late", out _));
        Assert.Equal((21, 3), (manifest.Progress, manifest.Lag));
        // It is no longer ours to write.
        Read(1, 22);
        _state.Remove(_state.Shard(1));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.DoesNotContain(Partition(1), (await RoundAsync()).Keys);
    }

    [Fact]
    public async Task Lose_ShardThatSomebodyElseHas_WritesNothingMore()
    {
        await SettledAsync();
        Read(1, 21);
        _schedule.LoseShard(1);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Empty(await RoundAsync());
        Assert.Equal(20, _store.Shard(1).Newest()!.Progress);
    }

    [Fact]
    public async Task Tick_FolderCannotBeWritten_SaysSoAndTriesAgain()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "interactions-1"), "in the way");
        Assert.Equal([Partition(0)], (await RoundAsync()).Keys);
        Assert.Contains("rearm.interactions[1]", _schedule.Problem);
        File.Delete(Path.Combine(_folder.Path, "interactions-1"));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Contains(Partition(1), (await RoundAsync()).Keys);
        Assert.Null(_schedule.Problem);
    }

    private static TopicPartition Partition(int partition) => new(GraphStates.Topics.Interactions, partition);

    private void Read(int partition, long next) => _next[Partition(partition)] = next;

    private async Task SettledAsync()
    {
        await RoundAsync();
        _time.Advance(TimeSpan.FromSeconds(31));
        await RoundAsync();
    }

    /// <summary>What a round wrote; none if none was due.</summary>
    private async Task<IReadOnlyDictionary<TopicPartition, long>> RoundAsync()
    {
        Assert.Empty(_schedule.Tick(_state, _next, _ => 0));
        await _schedule.SettleAsync();
        return _schedule.Tick(_state, _next, _ => 0);
    }
}

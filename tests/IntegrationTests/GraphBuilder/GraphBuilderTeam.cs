using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>Several GraphBuilders as processes that share topics, a Redis and a folder.</summary>
internal sealed class GraphBuilderTeam : IAsyncDisposable
{
    private readonly Dictionary<string, GraphBuilderProcess> _members = new(StringComparer.Ordinal);
    private readonly TemporaryFolder _folder = new();
    private readonly string _kafka;
    private readonly RedisServer _redis;
    private readonly int _partitions;
    private readonly IProducer<byte[], byte[]?> _producer;

    public GraphBuilderTeam(string kafka, RedisServer redis, int partitions = 4)
    {
        (_kafka, _redis, _partitions) = (kafka, redis, partitions);
        _producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = kafka, EnableIdempotence = true }).Build();
    }

    public IReadOnlyDictionary<string, GraphBuilderProcess> Members => _members;

    public KafkaTopics Topics { get; } = new($"t{Guid.NewGuid():N}");

    public RedisKeys Keys => new(Topics.Prefix);

    public string Folder => _folder.Path;

    /// <summary>Starts a member; the topics are there once the first one has started.</summary>
    public async Task<GraphBuilderProcess> StartAsync(string name)
    {
        var member = await GraphBuilderProcess.StartAsync(new Dictionary<string, string?>
        {
            ["Kafka__BootstrapServers"] = _kafka,
            ["Kafka__TopicPrefix"] = Topics.Prefix,
            ["Redis__Configuration"] = _redis.Configuration,
            ["Redis__KeyPrefix"] = Topics.Prefix,
            ["GraphBuilder__CheckpointDirectory"] = _folder.Path,
            // Often, so that whatever happens falls between checkpoints and after them.
            ["GraphBuilder__CheckpointInterval"] = "00:00:00.2",
            ["GraphBuilder__InstanceId"] = name,
            // The least that Kafka allows.
            ["GraphBuilder__SessionTimeout"] = "00:00:06",
            ["GraphBuilder__LeaseDuration"] = "00:00:03",
            ["GraphBuilder__SnapshotEveryInteractions"] = "500",
            ["GraphBuilder__SnapshotMinInterval"] = "00:00:01",
            ["DOTNET_TieredPGO"] = "0",
        });
        _members.Add(name, member);
        await member.UntilAsync("it has joined the others", s => s.Lag >= 0);
        return member;
    }

    /// <summary>Kills a member.</summary>
    public async Task KillAsync(string name)
    {
        await _members[name].KillAsync();
        await LeaveAsync(name);
    }

    /// <summary>Stops a member in good order.</summary>
    public async Task StopAsync(string name)
    {
        Assert.Equal(0, await _members[name].StopAsync());
        await LeaveAsync(name);
    }

    /// <summary>Writes records to Kafka, some of them twice, as producers do that got no answer and retry.</summary>
    public Task SendAsync(IEnumerable<ShopRecord> records) => Task.WhenAll(records
        .SelectMany((r, n) => n % 3 == 0 ? new[] { r, r } : [r])
        .Select(r => _producer.ProduceAsync(r.TopicOf(Topics), r.ToMessage())));

    /// <summary>Waits until each partition is somebody's and everything has been read.</summary>
    public Task CaughtUpAsync() => Wait.UntilAsync("each partition is one member's and has been read", StatusesAsync, IsCaughtUp);

    /// <summary>What all members say of themselves.</summary>
    public Task<GraphStatus[]> StatusesAsync() => Task.WhenAll(_members.Values.Select(StatusAsync));

    /// <summary>Asks a member for a snapshot of everything: again, if partitions have changed hands meanwhile, as where one stood still for as long as a session lasts.</summary>
    /// <param name="member">Whom to ask.</param>
    /// <param name="alone">Whether it has all partitions, and the others don't answer.</param>
    public async Task<SnapshotInfo> PublishAsync(string member, bool alone = false)
    {
        async Task<GraphStatus[]> AskAsync() => alone ? [await StatusAsync(_members[member])] : await StatusesAsync();
        SnapshotInfo info = null!;
        await Wait.UntilAsync("a snapshot is published while no partition changes hands", async () =>
        {
            var before = await AskAsync();
            info = await _members[member].Client.PublishSnapshotAsync(new());
            var after = await AskAsync();
            return IsCaughtUp(before) && IsCaughtUp(after) && before.Zip(after).All(pair => pair.First.Partitions.SequenceEqual(pair.Second.Partitions));
        });
        return info;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members.Values)
            await member.DisposeAsync();
        _producer.Dispose();
        _folder.Dispose();
    }

    private static async Task<GraphStatus> StatusAsync(GraphBuilderProcess member) =>
        await member.Client.GetStatusAsync(new(), deadline: DateTime.UtcNow + TimeSpan.FromSeconds(5));

    private bool IsCaughtUp(GraphStatus[] all) =>
        all.All(s => s.Lag == 0) && all.SelectMany(s => s.Partitions).Order().SequenceEqual(Enumerable.Range(0, _partitions));

    private async Task LeaveAsync(string name)
    {
        await _members[name].DisposeAsync();
        _members.Remove(name);
    }
}

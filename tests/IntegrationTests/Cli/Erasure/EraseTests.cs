using System.CommandLine;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Cli;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Cli.Erasure;

/// <summary><c>rearm erase</c> with an Ingestor, a GraphBuilder, a broker and a Redis.</summary>
public sealed class EraseTests(KafkaFixture kafka, RedisFixture redis) : IClassFixture<KafkaFixture>, IClassFixture<RedisFixture>, IAsyncLifetime
{
    private const string Victim = "victim-7f3a";
    private const string Item = "item-7f3a";
    private const string Key = "operator-key-of-the-test";

    private readonly string _prefix = $"erase-{Guid.NewGuid():N}";
    private readonly TemporaryFolder _folder = new();
    private WebApplication _ingestor = null!;
    private WebApplication _graphBuilder = null!;
    private RedisConnection _redis = null!;

    public async Task InitializeAsync()
    {
        _redis = redis.Server.Connect(_prefix);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        string[] common =
        [
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={kafka.BootstrapServers}", $"--Kafka:TopicPrefix={_prefix}",
            "--Logging:LogLevel:Default=None", $"--Access:Keys:ops:Hash={hash}", "--Access:Keys:ops:Operator=true",
        ];
        _ingestor = IngestorHost.Build(common);
        _graphBuilder = GraphBuilderHost.Build([
            .. common, $"--Redis:Configuration={redis.Server.Configuration}", $"--Redis:KeyPrefix={_prefix}", $"--GraphBuilder:CheckpointDirectory={_folder.Path}",
            "--GraphBuilder:SnapshotInterval=00:00:00", "--GraphBuilder:SnapshotEveryInteractions=0"]);
        await _ingestor.StartAsync();
        await _graphBuilder.StartAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var app in new[] { _ingestor, _graphBuilder })
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        _redis.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Erase_User_LeavesNothingButTheHashInRedisAndTheSnapshotOfAHistoryWithoutTheUser()
    {
        var others = PlantedShop.Events(clicks: 600, users: 40, items: 30);
        await SendAsync([.. others, .. Enumerable.Range(0, 8).Select(n => Click($"v{n}", Victim, $"i{n}"))]);
        await PublishAsync();
        await SendAsync([Click("v8", Victim, "i9")]);
        await PublishAsync();
        // A letter that a replay would bring back after the erasure, as an event of then.
        await LoseAsync(Victim);
        // The history, a vector and an id in each of two generations, and the ids of the snapshots.
        Assert.True((await KeysWithAsync(Victim)).Count >= 6);
        await Wait.UntilAsync("a checkpoint has the user", () => Task.FromResult(FilesWith(Victim).Length > 0));

        var (code, receipt, progress) = await EraseAsync(Victim, "--json");

        Assert.True(code == 0, $"{receipt}{progress}");
        var read = JsonDocument.Parse(receipt).RootElement;
        Assert.True(read.GetProperty("complete").GetBoolean());
        Assert.True(read.GetProperty("known").GetBoolean());
        Assert.Equal(
            ["graph state", "live state", "generations", "snapshots", "checkpoints", "dead letters"],
            read.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("place").GetString()));
        Assert.Contains("1 dropped", receipt);
        Assert.Contains("vectors taken out of generation 1, 2", receipt);
        Assert.Contains("sending the erasure of user", progress);
        Assert.Empty(await KeysWithAsync(Victim));
        Assert.Empty(FilesWith(Victim));
        Assert.Equal(PlantedShop.ExpectedHash(others), (await CurrentAsync()).Hash);
        Assert.Contains("0 dead letters", (await RunAsync("dlq", "list", "--key", Victim)).Output);

        // The others are where they were, and doing it again does no harm.
        Assert.Single(await KeysWithAsync("u7", k => k == _redis.Keys.User("u7")));
        Assert.Equal(40, (await CurrentAsync()).Users);
        (code, receipt, progress) = await EraseAsync(Victim);
        Assert.True(code == 0, $"{receipt}{progress}");
        Assert.Contains("nothing is known of user", progress);
        Assert.Contains("Complete.", receipt);
        Assert.Equal(PlantedShop.ExpectedHash(others), (await CurrentAsync()).Hash);
    }

    [Fact]
    public async Task Erase_Item_LeavesOnlyThatItIsHiddenAndTheSnapshotOfAHistoryWithoutIt()
    {
        var others = PlantedShop.Events(clicks: 600, users: 40, items: 30);
        var item = others.First(e => e.Item is not null).Item.Clone();
        (item.ItemId, item.EventId) = (Item, "new-item");
        await SendAsync([.. others, new Event { Item = item }, .. Enumerable.Range(0, 8).Select(n => Click($"v{n}", $"u{n}", Item))]);
        await PublishAsync();
        await SendAsync([Click("v8", "u9", Item)]);
        await PublishAsync();

        var (code, receipt, progress) = await EraseAsync("--item", Item);

        Assert.True(code == 0, $"{receipt}{progress}");
        Assert.Contains("Complete.", receipt);
        Assert.Contains($"topic {_prefix}.items", receipt);
        var left = await KeysWithAsync(Item);
        // The catalogue's changes say that it has gone; users' histories may name it.
        string[] expected = [_redis.Keys.HiddenItems, _redis.Keys.HiddenItemsChanges, _redis.Keys.CatalogueChanges];
        Assert.All(left, key => Assert.True(expected.Contains(key) || key.StartsWith(_redis.Keys.UserPrefix, StringComparison.Ordinal), key));
        Assert.Contains(_redis.Keys.HiddenItems, left);
        Assert.Equal(PlantedShop.ExpectedHash(others), (await CurrentAsync()).Hash);
    }

    [Fact]
    public async Task Erase_DeadLettersOutOfReach_IsIncompleteAndSaysWhatIsLeft()
    {
        await SendAsync([.. PlantedShop.Events(clicks: 100, users: 10, items: 10), Click("v", Victim, "i1")]);
        await PublishAsync();

        var (code, receipt, _) = await EraseAsync(Victim, "--kafka", "127.0.0.1:1");

        Assert.True(code == 3, receipt);
        Assert.Contains("Incomplete: dead letters.", receipt);
        Assert.Empty(await KeysWithAsync(Victim));
    }

    [Fact]
    public async Task Erase_WithoutTheOperatorsKey_SendsNothing()
    {
        await SendAsync([.. PlantedShop.Events(clicks: 100, users: 10, items: 10), Click("v", Victim, "i1")]);
        await PublishAsync();
        var before = Records();

        var (code, _, error) = await RunAsync([.. EraseArguments(Victim), "--api-key", "nobody's"]);

        Assert.Equal(1, code);
        Assert.Contains("Unauthenticated", error);
        Assert.Equal(before, Records());
    }

    [Fact]
    public async Task FollowErasure_NothingSent_IsAFailedPrecondition()
    {
        await SendAsync([.. PlantedShop.Events(clicks: 100, users: 10, items: 10)]);
        await PublishAsync();
        using var client = GraphBuilder();
        foreach (var request in new FollowErasureRequest[] { new() { UserId = "u1" }, new() { ItemId = "i1" } })
        {
            var error = await Assert.ThrowsAsync<ServiceException>(async () =>
            {
                await foreach (var _ in client.FollowErasureAsync(request))
                {
                }
            });
            Assert.Equal(Grpc.Core.StatusCode.FailedPrecondition, error.StatusCode);
        }
        var neither = await Assert.ThrowsAsync<ServiceException>(async () => await client.FollowErasureAsync(new()).GetAsyncEnumerator().MoveNextAsync());
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, neither.StatusCode);
    }

    private static Event Click(string id, string user, string item) => new()
    {
        Interaction = new() { EventId = id, UserId = user, ItemId = item, Type = "click", Time = DateTimeOffset.UtcNow.AddDays(-1).ToTimestamp() },
    };

    private async Task SendAsync(Event[] events)
    {
        using var sender = new EventSender(ServiceEndpoints.Of(_ingestor).Grpc, new() { ApiKey = Key });
        Assert.Equal(events.Length, (await sender.SendAsync(events)).Accepted);
    }

    private GraphBuilderClient GraphBuilder() => new(ServiceEndpoints.Of(_graphBuilder).Grpc, apiKey: Key);

    // A snapshot of all that was sent, and a generation that knows everybody in it.
    private async Task PublishAsync()
    {
        using var client = GraphBuilder();
        await Wait.UntilAsync("everything is read", async () => (await client.GetStatusAsync()) is { Lag: 0, Interactions: > 0 });
        await client.PublishSnapshotAsync();
        var snapshot = await new SnapshotReader(_redis).ReadAsync(default);
        await new GenerationPublisher(_redis, 3, TimeProvider.System, NullLogger<GenerationPublisher>.Instance).PublishAsync(new ModelGeneration
        {
            Dimension = 2,
            ItemIds = snapshot.ItemIds,
            ItemVectors = new float[2 * snapshot.Items],
            Popularity = new int[snapshot.Items],
            Categories = snapshot.Categories,
            Available = snapshot.Available,
            UserIds = snapshot.UserIds,
            UserVectors = new float[2 * snapshot.Users],
            Snapshot = snapshot.Info,
            Metrics = new Dictionary<string, double>(),
            Settings = new Dictionary<string, string>(),
        }, default);
    }

    private async Task LoseAsync(string user)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await producer.ProduceAsync($"{_prefix}.interactions", new() { Key = Encoding.UTF8.GetBytes(user), Value = [0xff] });
        using var client = GraphBuilder();
        await Wait.UntilAsync("the record is a dead letter", async () => (await client.GetStatusAsync()).DeadLetters == 1);
    }

    // Of the users' events, erasures among them.
    private long Records()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "test" }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var topic = $"{_prefix}.interactions";
        return admin.GetMetadata(topic, Wait.Patience).Topics[0].Partitions
            .Sum(p => consumer.QueryWatermarkOffsets(new(topic, p.PartitionId), Wait.Patience).High.Value);
    }

    private async Task<SnapshotInfo> CurrentAsync() => (await new SnapshotReader(_redis).CurrentInfoAsync(default))!;

    private string[] FilesWith(string id) =>
        [.. Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Where(f => Content(f).AsSpan().IndexOf(Encoding.UTF8.GetBytes(id)) >= 0)];

    // Files come and go, and nobody can read one that is being written: it is in place of another soon.
    private static byte[] Content(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The keys of this test that have an id in their name or their value.</summary>
    private async Task<List<string>> KeysWithAsync(string id, Func<string, bool>? only = null)
    {
        var found = new List<string>();
        var server = redis.Server.Database.Multiplexer.GetServers()[0];
        await foreach (var key in server.KeysAsync(pattern: $"{_prefix}:*"))
        {
            var name = key.ToString();
            if (only?.Invoke(name) == false)
                continue;
            IEnumerable<RedisValue> values = (await _redis.Database.KeyTypeAsync(key)) switch
            {
                RedisType.String => [await _redis.Database.StringGetAsync(key)],
                RedisType.Set => await _redis.Database.SetMembersAsync(key),
                RedisType.SortedSet => await _redis.Database.SortedSetRangeByRankAsync(key),
                // It has gone meanwhile.
                RedisType.None => [],
                RedisType.Hash => (await _redis.Database.HashGetAllAsync(key)).SelectMany(e => new[] { e.Name, e.Value }),
                var other => throw new NotSupportedException($"{name} is a {other}"),
            };
            if (name.Contains(id, StringComparison.Ordinal) || values.Any(v => ((byte[])v!).AsSpan().IndexOf(Encoding.UTF8.GetBytes(id)) >= 0))
                found.Add(name);
        }
        return found;
    }

    private string[] EraseArguments(params string[] target) =>
        ["erase", .. target, "--to", $"{ServiceEndpoints.Of(_ingestor).Grpc}", "--graph-builder", $"{ServiceEndpoints.Of(_graphBuilder).Grpc}", "--within", "00:01:30"];

    private Task<(int Code, string Output, string Error)> EraseAsync(params string[] arguments) => RunAsync([.. EraseArguments(arguments), "--api-key", Key]);

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        string[] servers = arguments.Contains("--kafka") ? ["--topic-prefix", _prefix] : ["--kafka", kafka.BootstrapServers, "--topic-prefix", _prefix];
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };
        var code = await RearmCommandLine.RunAsync([.. arguments, .. servers], configuration).WaitAsync(Wait.Patience);
        return (code, $"{configuration.Output}", $"{configuration.Error}");
    }
}

using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>Killed anywhere and given records twice, it ends with bitwise the same graphs.</summary>
public sealed class GraphBuilderCrashTests(KafkaFixture kafka, RedisFixture redis) : IClassFixture<KafkaFixture>, IClassFixture<RedisFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KafkaTopics _topics = new($"t{Guid.NewGuid():N}");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_RepeatedlyWhileReading_EndsWithTheSameHash()
    {
        var records = RandomShop.Records(1, 6000, users: 150, items: 100, seconds: 100_000);
        var expected = ExpectedGraphs.Hash(records);
        // Some of it twice, like producers that got no answer and retry.
        var sent = records.SelectMany((r, n) => n % 3 == 0 ? new[] { r, r } : [r]).ToArray();

        using var producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true }).Build();
        const int Kills = 4;
        for (var part = 0; part <= Kills; part++)
        {
            await using var builder = await GraphBuilderProcess.StartAsync(Settings());
            await builder.UntilAsync("it reads", s => s.Lag >= 0);
            await Task.WhenAll(sent.Skip(part * sent.Length / (Kills + 1)).Take(sent.Length / (Kills + 1) + 1).Select(r => producer.ProduceAsync(r.TopicOf(_topics), r.ToMessage())));
            if (part < Kills)
            {
                // Wherever it happens to be: in the middle of reading, or just after.
                await builder.UntilAsync("it has read some", s => s.RecordsRead > part * 300);
                await builder.KillAsync();
                continue;
            }
            await builder.CaughtUpAsync();
            var info = await builder.Client.PublishSnapshotAsync(new());
            Assert.Equal(expected, info.Hash);
            Assert.Equal(info, await builder.Client.PublishSnapshotAsync(new()));
            Assert.Equal(0, await builder.StopAsync());
        }

        // From the checkpoint alone, with nothing new to read.
        await using var again = await GraphBuilderProcess.StartAsync(Settings());
        Assert.Equal(0, (await again.CaughtUpAsync()).RecordsRead);
        var current = await again.Client.PublishSnapshotAsync(new());
        Assert.Equal(expected, current.Hash);
        Assert.Equal(0, await again.StopAsync());

        // As another release would leave it.
        using var connection = redis.Server.Connect(_topics.Prefix);
        await connection.Database.StringSetAsync(connection.Keys.SnapshotManifest(current.Number), new byte[] { 8, 77 });
        await using var last = await GraphBuilderProcess.StartAsync(Settings());
        await last.CaughtUpAsync();
        var next = await last.Client.PublishSnapshotAsync(new());
        Assert.Equal((expected, true), (next.Hash, next.Number > current.Number));
    }

    [Fact]
    public async Task Record_Invalid_IsADeadLetterAndTheRestIsRead()
    {
        using var producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await using var builder = await GraphBuilderProcess.StartAsync(Settings());
        await builder.UntilAsync("it reads", s => s.Lag >= 0);
        Assert.Equal(Grpc.Core.StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await builder.Client.PublishSnapshotAsync(new()))).StatusCode);

        var bad = await producer.ProduceAsync(_topics.Interactions, new Message<byte[], byte[]?> { Key = [1], Value = [0xff, 0xff] });
        // The key alone is more than a dead letter may be together with itself.
        await producer.ProduceAsync(_topics.Interactions, new Message<byte[], byte[]?> { Key = new byte[600_000], Value = [0xff] });
        foreach (var record in RandomShop.Records(3, 50))
            await producer.ProduceAsync(record.TopicOf(_topics), record.ToMessage());
        var status = await builder.CaughtUpAsync();
        Assert.Equal((52, 2), (status.RecordsRead, status.DeadLetters));

        var letters = ReadDeadLetters(2);
        Assert.All(letters, l => Assert.InRange(l.Key.Length, 0, 600_000));
        var letter = letters.Single(l => l.SourceOffset == bad.Offset.Value && l.SourcePartition == bad.Partition.Value);
        Assert.Equal((bad.Topic, bad.Partition.Value, bad.Offset.Value), (letter.SourceTopic, letter.SourcePartition, letter.SourceOffset));
        Assert.Equal([0xff, 0xff], letter.Value.ToByteArray());
        Assert.Contains("2 bytes are not", letter.Reason);
    }

    [Fact]
    public async Task Started_TopicsRecreated_RefusesAndSaysWhatToDo()
    {
        using var producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await using (var first = await GraphBuilderProcess.StartAsync(Settings()))
        {
            await first.UntilAsync("it reads", s => s.Lag >= 0);
            foreach (var record in RandomShop.Records(3, 20))
                await producer.ProduceAsync(record.TopicOf(_topics), record.ToMessage());
            await first.UntilAsync("it has read all 20", s => s.Lag == 0 && s.RecordsRead == 20);
            await first.StopAsync();
        }
        // The same checkpoint with another broker, whose topics are empty.
        await using var other = await Brokers.StartAsync(Brokers.Embedded);
        await using var second = await GraphBuilderProcess.StartAsync(new Dictionary<string, string?>(Settings()) { ["Kafka__BootstrapServers"] = other.BootstrapServers });
        Assert.Equal(1, await second.Exited.WaitAsync(Wait.Patience));
        Assert.Contains("the topic was recreated", second.Output);
        Assert.Contains("GraphBuilder:AcceptGap", second.Output);
    }

    private Dictionary<string, string?> Settings() => new()
    {
        ["Kafka__BootstrapServers"] = kafka.BootstrapServers,
        ["Kafka__TopicPrefix"] = _topics.Prefix,
        ["Redis__Configuration"] = redis.Server.Configuration,
        ["Redis__KeyPrefix"] = _topics.Prefix,
        ["GraphBuilder__CheckpointDirectory"] = _folder.Path,
        // One that is started again has its partitions and the lease at once.
        ["GraphBuilder__InstanceId"] = "the-only-one",
        ["GraphBuilder__CheckpointInterval"] = "00:00:00.1",
        ["GraphBuilder__SnapshotEveryInteractions"] = "1000",
        ["GraphBuilder__SnapshotMinInterval"] = "00:00:00",
    };

    private List<DeadLetter> ReadDeadLetters(int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "test", AutoOffsetReset = AutoOffsetReset.Earliest, FetchWaitMaxMs = 50 }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(_topics.DeadLetters, Wait.Patience).Topics.Single().Partitions;
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(_topics.DeadLetters, p.PartitionId, Offset.Beginning)));
        return [.. Enumerable.Range(0, count).Select(_ => Contracts.Events.EventCodec.ReadDeadLetter(
            (consumer.Consume(Wait.Patience) ?? throw new TimeoutException($"There are not {count} dead letters.")).Message.Value))];
    }
}

using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Cli;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.Cli.DeadLetters;

/// <summary><c>rearm dlq</c> with each kind of broker that this machine has.</summary>
public class DlqTests
{
    private static readonly DateTimeOffset Original = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly KafkaTopics _topics = new($"dlq{Guid.NewGuid():N}");
    private KafkaBroker _broker = null!;

    public static TheoryData<string> Kinds => Brokers.Theory;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Replay_EachLetter_IsSentOnceUnlessAskedAgain(string kind)
    {
        await StartAsync(kind);
        var (held, gone) = (Value("held"), Value("gone"));
        var source = await ProduceAsync(_topics.Interactions, "ann", held);
        // The first letter has lost its value to its own size, but its topic has the record; the second's record is gone from its topic.
        var first = await WriteAsync("ann", [], source.Partition, source.Offset, "weight: is 5000; above 0 and at most 1000 (Its value of 9 bytes is left out.)");
        var second = await WriteAsync("bob", gone, 0, 1_000_000, "time: is missing");

        var listed = await DlqAsync(0, "list");
        Assert.Contains($"{first.Partition.Value}/{first.Offset.Value}  ", listed);
        Assert.Contains($"{_topics.Interactions}/0/1000000  key \"bob\"  time: is missing", listed);
        Assert.Contains("2 dead letters", listed);
        Assert.Contains("1 dead letters", await DlqAsync(0, "list", "--reason", "MISSING", "--service", "graph-builder", "--topic", _topics.Interactions, "--since", "01:00:00"));
        Assert.Contains("0 dead letters", await DlqAsync(0, "list", "--service", "server"));
        Assert.Contains("1 dead letters", await DlqAsync(0, "list", "--limit", "1"));
        Assert.Contains("\"eventId\": \"gone\"", await DlqAsync(0, "show", "--partition", $"{second.Partition.Value}", "--offset", $"{second.Offset.Value}"));

        Assert.Contains("2 records sent again", await DlqAsync(0, "replay", "--all"));
        Assert.Contains("0 records sent again", await DlqAsync(0, "replay", "--all"));
        Assert.Contains("1 records sent again", await DlqAsync(0, "replay", "--handled", "--reason", "missing"));

        var records = TopicContents.Read(_broker.BootstrapServers, _topics.Interactions);
        Assert.Equal(["gone", "gone", "held", "held"], records.Select(r => EventCodec.ReadInteraction(r.Message.Value).Interaction.EventId).Order());
        Assert.Equal(["ann", "ann", "bob", "bob"], records.Select(r => Encoding.UTF8.GetString(r.Message.Key)).Order());
        Assert.Contains(records, r => r.Message.Headers.TryGetLastBytes("rearm-replayed-from", out var from) && Encoding.ASCII.GetString(from) == $"{_topics.DeadLetters}/{first.Partition.Value}/{first.Offset.Value}");
        // Topics of Apache Kafka have the broker's own time.
        if (kind == Brokers.Embedded)
            Assert.All(records.Where(r => r.Message.Key.AsSpan().SequenceEqual("ann"u8)), r => Assert.Equal(Original.UtcDateTime, r.Message.Timestamp.UtcDateTime));
        Assert.Contains("[replayed]", await DlqAsync(0, "list", "--handled"));
        Assert.Contains("0 dead letters", await DlqAsync(0, "list"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Drop_WhatCantBeReplayed_IsLeftOutAfterwards(string kind)
    {
        await StartAsync(kind);
        var lost = await WriteAsync("ann", [], 0, 1_000_000, "its value was left out");
        var garbage = await ProduceAsync(_topics.DeadLetters, "x", [0xFF, 0xFF]);

        var refusal = await DlqAsync(1, "replay", "--all");
        Assert.Contains("2 could not be sent", refusal);
        Assert.Contains($"{lost.Partition.Value}/{lost.Offset.Value}: neither the letter nor its topic holds", refusal);
        Assert.Contains("would take every dead letter", await DlqAsync(1, "drop"));
        Assert.Contains("This is no dead letter", await DlqAsync(0, "show", "--partition", $"{garbage.Partition.Value}"));
        Assert.Contains("1 dead letters dropped", await DlqAsync(0, "drop", "--reason", "left out"));
        Assert.Contains("1 dead letters", await DlqAsync(0, "list"));
        Assert.Contains("[dropped]", await DlqAsync(0, "list", "--handled"));
        Assert.Empty(TopicContents.Read(_broker.BootstrapServers, _topics.Interactions));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task List_LettersThatArriveMeanwhile_HideNoneThatWereThere(string kind)
    {
        const int before = 20_000;
        await StartAsync(kind);
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _broker.BootstrapServers, LingerMs = 1 }).Build();
        for (var n = 0; n < before; n++)
            producer.Produce(new TopicPartition(_topics.DeadLetters, 0), new() { Key = "a"u8.ToArray(), Value = "no letter"u8.ToArray() });
        producer.Flush(Wait.Patience);
        using var listed = new CancellationTokenSource();
        var arriving = Task.Run(async () =>
        {
            // So many that there is always one more to fetch.
            while (!listed.IsCancellationRequested)
                await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
                    producer.ProduceAsync(new TopicPartition(_topics.DeadLetters, 1), new() { Key = "b"u8.ToArray(), Value = "no letter"u8.ToArray() })));
        });

        Match found;
        try
        {
            found = Regex.Match(await DlqAsync(0, "list", "--limit", "1000000"), "([0-9]+) dead letters");
        }
        finally
        {
            await listed.CancelAsync();
            await arriving;
        }

        Assert.True(int.Parse(found.Groups[1].ValueSpan) >= before, found.Value);
    }

    [Fact]
    public async Task List_NoTopic_NamesIt()
    {
        _broker = await SharedServers.BrokerAsync(Brokers.Embedded);

        Assert.Contains($"There is no topic {_topics.DeadLetters}", await DlqAsync(1, "list"));
    }

    private async Task StartAsync(string kind)
    {
        _broker = await SharedServers.BrokerAsync(kind);
        await using var app = IngestorHost.Build(["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={_broker.BootstrapServers}", $"--Kafka:TopicPrefix={_topics.Prefix}"]);
        await app.Services.GetRequiredService<TopicSetup>().EnsureAsync(default).WaitAsync(Wait.Patience);
    }

    private static byte[] Value(string id) => EventCodec.Write(TestEvents.Interaction(id).Interaction);

    private Task<DeliveryResult<byte[], byte[]>> WriteAsync(string key, byte[] value, int partition, long offset, string reason) => ProduceAsync(_topics.DeadLetters, key, new DeadLetter
    {
        Version = EventCodec.Version,
        SourceTopic = _topics.Interactions,
        SourcePartition = partition,
        SourceOffset = offset,
        Key = ByteString.CopyFromUtf8(key),
        Value = ByteString.CopyFrom(value),
        Reason = reason,
        Service = "graph-builder",
        Time = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(DateTime.UtcNow),
    }.ToByteArray());

    private async Task<DeliveryResult<byte[], byte[]>> ProduceAsync(string topic, string key, byte[] value)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _broker.BootstrapServers }).Build();
        return await producer.ProduceAsync(topic, new() { Key = Encoding.UTF8.GetBytes(key), Value = value, Timestamp = new(Original) });
    }

    private async Task<string> DlqAsync(int expected, params string[] args)
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };
        var code = await RearmCommandLine.RunAsync(["dlq", .. args, "--kafka", _broker.BootstrapServers, "--topic-prefix", _topics.Prefix], configuration).WaitAsync(Wait.Patience);
        var said = $"{configuration.Output}{configuration.Error}";
        Assert.True(code == expected, $"Exit code {code}: {said}");
        return said;
    }
}

using System.Text;
using Rearm.Streaming.Cli.Replay;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.IntegrationTests.Ingestor;

/// <summary>The Ingestor with each kind of broker that this machine has.</summary>
public class IngestorTests
{
    public static TheoryData<string> Kinds => Brokers.Theory;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Replay_WholeDataset_IsInKafkaByKeyAndInOrder(string kind)
    {
        const int Users = 1000, Items = 200, Rows = 20_000;
        var broker = await SharedServers.BrokerAsync(kind);
        var topics = new KafkaTopics($"ingestor{Guid.NewGuid():N}");
        await using var ingestor = IngestorHost.Build(["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0",
            $"--Kafka:BootstrapServers={broker.BootstrapServers}", $"--Kafka:TopicPrefix={topics.Prefix}", "--Kafka:Partitions=4"]);
        await ingestor.StartAsync();
        var random = new Random(1);
        var dataset = new Dataset
        {
            Name = "shop",
            UserCount = Users,
            ItemCount = Items,
            Train = new([.. Enumerable.Range(0, Rows).Select(_ => random.Next(Users))], [.. Enumerable.Range(0, Rows).Select(_ => random.Next(Items))]),
            Features = [ModalityFeatures.FromFloats("image", 64, [.. Enumerable.Range(0, Items * 64).Select(_ => random.NextSingle())], [.. Enumerable.Repeat(true, Items)])],
        };
        using var sender = new EventSender(ServiceEndpoints.Of(ingestor).Grpc);
        var client = new ReplayClient(sender);

        var catalogue = await client.ReplayAsync(dataset, new ReplayOptions { Split = Split.Valid });
        var summary = await client.ReplayAsync(dataset, new ReplayOptions { Items = false });

        Assert.Equal((Items, Rows), (catalogue.Items.Accepted, summary.Interactions.Accepted));
        var items = Read(broker, topics.Items);
        Assert.Equal(Enumerable.Range(0, Items).Select(i => $"i{i}").Order(), items.Select(r => r.Key).Order());
        Assert.All(items, r => Assert.Equal(r.Key, EventCodec.ReadItem(r.Value).Item.ItemId));
        var interactions = Read(broker, topics.Interactions).ConvertAll(r => (r.Partition, r.Key, EventCodec.ReadInteraction(r.Value).Interaction));
        Assert.All(interactions, r => Assert.Equal(r.Key, r.Interaction.UserId));
        Assert.Equal(Rows, interactions.Select(r => r.Interaction.EventId).Distinct().Count());
        Assert.Equal(Rows, interactions.Count);
        Assert.All(interactions.GroupBy(r => r.Key), user =>
        {
            Assert.Single(user.Select(r => r.Partition).Distinct());
            Assert.Equal(user.Select(r => r.Interaction.Time.Seconds).Order(), user.Select(r => r.Interaction.Time.Seconds));
        });
    }

    private static List<(int Partition, string Key, byte[] Value)> Read(KafkaBroker broker, string topic) =>
        TopicContents.Read(broker.BootstrapServers, topic).ConvertAll(r => (r.Partition.Value, Encoding.UTF8.GetString(r.Message.Key), r.Message.Value));
}

using System.Text;
using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Graphs;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>A random shop's records: interactions, items, deletions, erasures, tombstones; and the hash of the snapshot they must give.</summary>
internal static class ShopRecords
{
    private static readonly GraphSettings Settings = new();

    public static List<(string Topic, Message<byte[], byte[]?> Message)> Make(KafkaTopics topics, int seed, int count)
    {
        var random = new Random(seed);
        var records = new List<(string, Message<byte[], byte[]?>)>();
        var start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        for (var n = 0; n < count; n++)
        {
            var user = $"user-{random.Next(150)}";
            var item = $"item-{(int)(100 * Math.Pow(random.NextDouble(), 2))}";
            var time = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(start.AddSeconds(random.Next(100_000)));
            var (topic, key, value) = random.Next(100) switch
            {
                0 => (topics.Interactions, user, EventCodec.Write(new UserErasure { EventId = $"e{n}", UserId = user, Time = time })),
                1 => (topics.Items, item, EventCodec.Write(new ItemDeletion { EventId = $"e{n}", ItemId = item, Time = time })),
                2 => (topics.Items, item, null),
                < 20 => (topics.Items, item, EventCodec.Write(new Item { EventId = $"e{n}", ItemId = item, Time = time, Features = { ["image"] = Vector(random, 16), ["text"] = Vector(random, 5) } })),
                _ => (topics.Interactions, user, EventCodec.Write(new Interaction { EventId = $"e{n}", UserId = user, ItemId = item, Type = "click", Time = time })),
            };
            records.Add((topic, new Message<byte[], byte[]?> { Key = Encoding.UTF8.GetBytes(key), Value = value, Timestamp = new Timestamp(start.AddDays(1)) }));
        }
        return records;
    }

    public static string ExpectedHash(KafkaTopics topics, IEnumerable<(string Topic, Message<byte[], byte[]?> Message)> records) =>
        SnapshotCutter.Cut(Apply(topics, records), Settings, [], default).Info.Hash;

    /// <summary>Each user's items, those of deleted items too.</summary>
    public static Dictionary<string, string[]> ExpectedSeen(KafkaTopics topics, IEnumerable<(string Topic, Message<byte[], byte[]?> Message)> records)
    {
        var state = Apply(topics, records);
        return Enumerable.Range(0, state.UserIds.Count).Where(u => state.UserIds[u] is not null)
            .ToDictionary(u => state.UserIds[u]!, u => state.Edges.ItemsOf[u].Span.ToArray().Select(i => state.ItemIds[i]!).ToArray());
    }

    private static GraphState Apply(KafkaTopics topics, IEnumerable<(string Topic, Message<byte[], byte[]?> Message)> records)
    {
        var state = new GraphState(new IncrementalCooccurrence.Limits(Settings.UserNeighbors, Settings.ItemNeighbors, 0));
        var applier = new EventApplier(topics, state);
        foreach (var (topic, message) in records)
            Assert.Null(applier.Apply(topic, message.Key, message.Value, message.Timestamp.UtcDateTime));
        return state;
    }

    private static FeatureVector Vector(Random random, int width) => new() { Values = { Enumerable.Range(0, width).Select(_ => random.NextSingle()) } };
}

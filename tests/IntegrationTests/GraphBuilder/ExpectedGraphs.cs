using System.Text;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.Cutting;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>What records must lead to: applied once, in this process, without Kafka, Redis or a checkpoint.</summary>
internal static class ExpectedGraphs
{
    private static readonly GraphSettings Settings = new();

    public static string Hash(IEnumerable<ShopRecord> records) => SnapshotCutter.Cut(Apply(records), Settings, [], default).Info.Hash;

    /// <summary>Each user's items, those of deleted items too.</summary>
    public static Dictionary<string, string[]> Seen(IEnumerable<ShopRecord> records)
    {
        var state = Apply(records);
        return Enumerable.Range(0, state.UserIds.Count).Where(u => state.UserIds[u] is not null)
            .ToDictionary(u => state.UserIds[u]!, u => state.Edges.ItemsOf[u].Span.ToArray().Select(i => state.ItemIds[i]!).ToArray());
    }

    private static GraphState Apply(IEnumerable<ShopRecord> records)
    {
        var topics = new KafkaTopics();
        var state = new GraphState(new IncrementalCooccurrence.Limits(Settings.UserNeighbors, Settings.ItemNeighbors, 0));
        var applier = new EventApplier(topics, state);
        foreach (var record in records)
            Assert.Null(applier.Apply(record.TopicOf(topics), Encoding.UTF8.GetBytes(record.Key), record.Value, record.Written));
        return state;
    }
}

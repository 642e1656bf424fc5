using System.Text;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Cutting;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>What records must lead to: applied once, in this process, without Kafka, Redis or a checkpoint.</summary>
internal static class ExpectedGraphs
{
    private static readonly GraphSettings Settings = new();

    public static string Hash(IEnumerable<ShopRecord> records) => SnapshotCutter.Cut(Apply(records).Freeze(), Settings, [], default).Info.Hash;

    /// <summary>Each user's items, those of deleted items too.</summary>
    public static Dictionary<string, string[]> Seen(IEnumerable<ShopRecord> records)
    {
        var state = Apply(records);
        var users = state.Shard(0);
        return Enumerable.Range(0, users.UserIds.Count).Where(u => users.UserIds[u] is not null)
            .ToDictionary(u => users.UserIds[u]!, u => users.PairsOf(u).ToArray().Where(p => p.Kind != PairKind.Retracted).Select(p => state.ItemIds[p.Item]!).ToArray());
    }

    /// <summary>The list of popular items.</summary>
    public static PopularItems Popular(IEnumerable<ShopRecord> records) => PopularItemsWriter.PopularItemsOf(Apply(records), new GraphBuilderOptions().PopularItems);

    /// <summary>The items that must not be recommended.</summary>
    public static string[] Hidden(IEnumerable<ShopRecord> records)
    {
        var state = Apply(records);
        return [.. Enumerable.Range(0, state.ItemIds.Count).Where(i => state.Item(i).Hidden).Select(i => state.ItemIds[i]!).Order(StringComparer.Ordinal)];
    }

    private static GraphState Apply(IEnumerable<ShopRecord> records)
    {
        var topics = new KafkaTopics();
        var state = new GraphState();
        state.Add(state.NewShard(0));
        var applier = new EventApplier(topics, new EventTypes(new GraphBuilderOptions().EventTypes), state);
        foreach (var record in records)
            Assert.Null(applier.Apply(record.TopicOf(topics), 0, Encoding.UTF8.GetBytes(record.Key), record.Value, record.Written.ToUnixTimeMilliseconds(), 0));
        return state;
    }
}

using System.Text;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.GraphBuilder.Cutting;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests;

/// <summary>What the GraphBuilder makes of records, without Kafka and Redis.</summary>
internal static class GraphStates
{
    public static readonly KafkaTopics Topics = new();

    private static readonly GraphSettings Settings = new() { UserNeighbors = 4, ItemNeighbors = 3 };

    /// <summary>The types that the configuration names unless it is changed.</summary>
    public static readonly EventTypes Types = new(new GraphBuilderOptions().EventTypes);

    /// <returns>Why the record was refused, or null.</returns>
    public static string? Apply(GraphState state, ShopRecord record) => new EventApplier(Topics, Types, state).Apply(
        record.TopicOf(Topics), Encoding.UTF8.GetBytes(record.Key), record.Value, record.Written.ToUnixTimeMilliseconds());

    public static GraphState Of(IEnumerable<ShopRecord> records)
    {
        var state = new GraphState();
        foreach (var record in records)
            Assert.Null(Apply(state, record));
        return state;
    }

    public static GraphSnapshot Cut(GraphState state) => Cut(state.Freeze());

    public static GraphSnapshot Cut(FrozenState state) => SnapshotCutter.Cut(state, Settings, [], default);

    public static string Hash(GraphState state) => Cut(state).Info.Hash;
}

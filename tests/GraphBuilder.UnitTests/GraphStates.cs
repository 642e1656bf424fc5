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

    /// <summary>A state that has all of a topic's partitions.</summary>
    public static GraphState Empty(int partitions = 1)
    {
        var state = new GraphState { TypeNames = Types.Names, AttributeNames = new(new GraphBuilderOptions().ItemAttributes) };
        for (var partition = 0; partition < partitions; partition++)
            state.Add(state.NewShard(partition));
        return state;
    }

    /// <summary>The partition that a record belongs to.</summary>
    public static int PartitionOf(ShopRecord record, int partitions) => (int)(StableHash.Of(record.Key) % (ulong)partitions);

    /// <returns>Why the record was refused, or null.</returns>
    public static string? Apply(GraphState state, ShopRecord record, int partition = 0, long offset = 0) => new EventApplier(Topics, Types, state).Apply(
        record.TopicOf(Topics), partition, Encoding.UTF8.GetBytes(record.Key), record.Value, record.Written.ToUnixTimeMilliseconds(), offset);

    public static GraphState Of(IEnumerable<ShopRecord> records, int partitions = 1)
    {
        var state = Empty(partitions);
        var offset = 0;
        foreach (var record in records)
            Assert.Null(Apply(state, record, PartitionOf(record, partitions), offset++));
        return state;
    }

    public static GraphSnapshot Cut(GraphState state) => Cut(state.Freeze());

    public static GraphSnapshot Cut(FrozenState state) => SnapshotCutter.Cut(state, Settings, [], default);

    /// <summary>All that is known of the pairs, types and offsets included, in an order that does not depend on numbers.</summary>
    public static string[] Pairs(GraphState state) =>
    [
        .. (from shard in state.Shards
            from user in Enumerable.Range(0, shard.UserIds.Count)
            where shard.UserIds[user] is not null
            from pair in shard.PairsOf(user).ToArray()
            let types = state.TypeNames.Where((_, bit) => (pair.Types >> bit & 1) != 0)
            select $"{shard.UserIds[user]} {state.ItemIds[pair.Item]} {pair.Kind} {pair.Weight} {pair.Time} {string.Join('+', types)} @{pair.Offset}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The attributes kept of each item that is described and not deleted.</summary>
    public static string[] Attributes(GraphState state) =>
    [
        .. (from item in Enumerable.Range(0, state.ItemIds.Count)
            where state.Item(item) is { Described: true, Deleted: false }
            select string.Join(' ', [$"{state.ItemIds[item]}:", .. state.Item(item).Attributes.Select(a => $"{a.Name}={a.Value}")]))
            .Order(StringComparer.Ordinal),
    ];

    public static string Hash(GraphState state) => Cut(state).Info.Hash;
}

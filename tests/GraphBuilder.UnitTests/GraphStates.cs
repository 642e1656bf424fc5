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

    public static GraphState New(int maxUsersPerItem = 0) => new(new IncrementalCooccurrence.Limits(4, 3, maxUsersPerItem));

    /// <returns>Why the record was refused, or null.</returns>
    public static string? Apply(GraphState state, ShopRecord record) =>
        new EventApplier(Topics, state).Apply(record.TopicOf(Topics), Encoding.UTF8.GetBytes(record.Key), record.Value, record.Written);

    public static GraphState Of(IEnumerable<ShopRecord> records, int maxUsersPerItem = 0)
    {
        var state = New(maxUsersPerItem);
        foreach (var record in records)
            Assert.Null(Apply(state, record));
        return state;
    }

    public static GraphSnapshot Cut(GraphState state, int maxUsersPerItem = 0) => SnapshotCutter.Cut(state, Settings(maxUsersPerItem), [], default);

    public static string Hash(GraphState state, int maxUsersPerItem = 0) => Cut(state, maxUsersPerItem).Info.Hash;

    /// <summary>The hash of the same content with every graph cut from the beginning.</summary>
    public static string HashCutAnew(GraphSnapshot snapshot, int maxUsersPerItem = 0) => SnapshotAssembler.Assemble(new()
    {
        UserIds = snapshot.UserIds,
        ItemIds = snapshot.ItemIds,
        Categories = snapshot.Categories,
        Available = snapshot.Available,
        Interactions = snapshot.Interactions,
        Modalities = snapshot.Modalities,
    }, Settings(maxUsersPerItem)).Info.Hash;

    private static GraphSettings Settings(int maxUsersPerItem) => new() { UserNeighbors = 4, ItemNeighbors = 3, MaxUsersPerItem = maxUsersPerItem };
}

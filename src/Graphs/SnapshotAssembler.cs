using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Graphs;

/// <summary>Assembles a snapshot: cuts the graphs and hashes the content.</summary>
public static class SnapshotAssembler
{
    /// <summary>The snapshot, with hash, counts and event time in its info; number and time of publication are the publisher's to set.</summary>
    /// <param name="content">Ids, items, interactions and features.</param>
    /// <param name="settings">How to cut the graphs.</param>
    /// <param name="features">Prepared already (<see cref="PreparedFeatures.Of(SnapshotContent, GraphSettings)"/>), or null to prepare them here.</param>
    /// <param name="progress">Asked for each graph; told of rows done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The content does not fit together.</exception>
    public static GraphSnapshot Assemble(
        SnapshotContent content, GraphSettings settings, PreparedFeatures? features = null, ProgressOf? progress = null,
        CancellationToken cancellationToken = default)
    {
        Require(content);
        var userRanks = IdOrder.Ranks(content.UserIds);
        var itemRanks = IdOrder.Ranks(content.ItemIds);
        var modalities = content.SortedModalities;
        features ??= PreparedFeatures.Of(modalities, settings.Preprocessing, itemRanks);
        var (users, items) = CutCooccurrence(content.Interactions, content.ItemIds.Length, settings, userRanks, itemRanks, progress, cancellationToken);
        var recall = new Dictionary<string, double>();
        var snapshot = new GraphSnapshot
        {
            Info = new SnapshotInfo(),
            Offsets = content.Offsets,
            Settings = settings.ToDictionary(),
            UserIds = content.UserIds,
            ItemIds = content.ItemIds,
            Categories = content.Categories,
            Available = content.Available,
            Interactions = content.Interactions,
            Modalities = modalities,
            UserCooccurrence = users,
            ItemCooccurrence = items,
            UserInterest = CutInterest(content.Interactions, modalities, features, settings, userRanks, itemRanks, recall, progress, cancellationToken),
            ItemSemantic = CutSemantic(modalities, features, settings, itemRanks, recall, progress, cancellationToken),
        };
        var info = Describe(snapshot, settings, content.EventTime);
        info.NeighborRecall.Add(recall);
        return snapshot with { Info = info };
    }

    internal static (SparseRows Users, SparseRows Items) CutCooccurrence(
        InteractionMatrix interactions, int items, GraphSettings settings, int[] userRanks, int[] itemRanks, ProgressOf? progress = null,
        CancellationToken cancellationToken = default)
    {
        var usersToItems = interactions.Pattern;
        var itemsToUsers = usersToItems.Transpose(items);
        return (
            Cooccurrence.TopK(usersToItems, itemsToUsers, settings.UserNeighbors, userRanks, settings.MaxUsersPerItem,
                Begin(progress, "user_cooccurrence", userRanks.Length), cancellationToken),
            Cooccurrence.TopK(itemsToUsers, usersToItems, settings.ItemNeighbors, itemRanks, settings.MaxItemsPerUser,
                Begin(progress, "item_cooccurrence", itemRanks.Length), cancellationToken));
    }

    /// <param name="interactions">Who touched what.</param>
    /// <param name="modalities">The items' features.</param>
    /// <param name="prepared">The same, prepared.</param>
    /// <param name="settings">How to cut.</param>
    /// <param name="userRanks">Of each user.</param>
    /// <param name="itemRanks">Of each item.</param>
    /// <param name="recall">Takes the recall of graphs that are not exact; null: it is not measured.</param>
    /// <param name="progress">Asked for each graph; told of rows done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal static IReadOnlyList<SparseRows> CutInterest(
        InteractionMatrix interactions, IReadOnlyList<ModalityFeatures> modalities, PreparedFeatures prepared,
        GraphSettings settings, int[] userRanks, int[] itemRanks, Dictionary<string, double>? recall, ProgressOf? progress,
        CancellationToken cancellationToken) =>
        [.. modalities.Zip(prepared.Values, (m, vectors) => CutNeighbors(
            $"user_interest:{m.Name}", InterestVectors.Mean(interactions, vectors, m.Present, itemRanks, cancellationToken),
            InterestVectors.Present(interactions, m.Present), settings.UserNeighbors, userRanks, settings, recall, progress, cancellationToken))];

    private static IReadOnlyList<SparseRows> CutSemantic(
        IReadOnlyList<ModalityFeatures> modalities, PreparedFeatures prepared, GraphSettings settings, int[] itemRanks,
        Dictionary<string, double> recall, ProgressOf? progress, CancellationToken cancellationToken) =>
        [.. modalities.Zip(prepared.Values, (m, vectors) => CutNeighbors(
            $"item_semantic:{m.Name}", vectors, m.Present, settings.ItemNeighbors, itemRanks, settings, recall, progress, cancellationToken))];

    private static SparseRows CutNeighbors(
        string name, FloatMatrix vectors, bool[] present, int k, int[] ranks, GraphSettings settings,
        Dictionary<string, double>? recall, ProgressOf? progress, CancellationToken cancellationToken)
    {
        var neighbors = CosineNeighbors.TopK(
            vectors, present, k, ranks, settings.NeighborSearch, progress is null ? null : Begin(progress, name, present.Count(p => p)), cancellationToken);
        if (recall is not null && !settings.NeighborSearch.IsExact(present.Count(p => p)))
            recall[name] = NeighborRecall.Measure(neighbors, vectors, present, k, ranks, cancellationToken);
        return neighbors;
    }

    private static IProgress<long>? Begin(ProgressOf? progress, string graph, int rows) => progress?.Invoke($"Cutting {graph}", "rows", rows);

    private static SnapshotInfo Describe(GraphSnapshot snapshot, GraphSettings settings, long? eventTime)
    {
        var newest = eventTime ?? snapshot.Interactions.Times.DefaultIfEmpty(-1).Max();
        return new()
        {
            Hash = SnapshotHash.Compute(snapshot),
            Users = snapshot.Users,
            Items = snapshot.Items,
            Interactions = snapshot.Interactions.Count,
            CappedItems = Above(snapshot.Interactions.Pattern.Transpose(snapshot.Items), settings.MaxUsersPerItem),
            CappedUsers = Above(snapshot.Interactions.Pattern, settings.MaxItemsPerUser),
            EventTime = newest < 0 ? null : Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(newest)),
        };
    }

    private static int Above(SparseRows rows, int limit) => limit == 0 ? 0 : Enumerable.Range(0, rows.Rows).Count(row => rows.Degree(row) > limit);

    private static void Require(SnapshotContent content)
    {
        var items = content.ItemIds.Length;
        void Same(string name, int found, int expected)
        {
            if (found != expected)
                throw new ArgumentException($"{name} has {found} entries; {expected} are needed.", nameof(content));
        }
        Same(nameof(content.Interactions), content.Interactions.Users, content.UserIds.Length);
        Same(nameof(content.Categories), content.Categories.Length, items);
        Same(nameof(content.Available), content.Available.Length, items);
        foreach (var item in content.Interactions.Items)
            if ((uint)item >= (uint)items)
                throw new ArgumentException($"An interaction names item {item}; there are {items}.", nameof(content));
        foreach (var modality in content.Modalities)
            Same($"{nameof(content.Modalities)}: {modality.Name}", modality.Items, items);
    }
}

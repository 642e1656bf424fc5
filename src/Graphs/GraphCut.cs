using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>Cuts a snapshot's graphs again without some of its interactions, so that what is held out for validation is not in them.</summary>
public static class GraphCut
{
    /// <summary>
    /// The same users and items under the same numbers, without the pairs held out, and with every graph that interactions shape (user and
    /// item co-occurrence, user interest) cut again exactly. The semantic graphs and the info, which says where it came from, stay.
    /// </summary>
    /// <param name="snapshot">The whole snapshot.</param>
    /// <param name="heldOut">Pairs to leave out, by dense index; those that are not in the snapshot change nothing.</param>
    /// <param name="features">The snapshot's prepared features.</param>
    /// <param name="progress">Asked for each graph; told of rows done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static GraphSnapshot Without(
        GraphSnapshot snapshot, IEnumerable<(int User, int Item)> heldOut, PreparedFeatures features, ProgressOf? progress = null,
        CancellationToken cancellationToken = default)
    {
        var settings = GraphSettings.From(snapshot.Settings);
        var interactions = Without(snapshot.Interactions, heldOut.ToHashSet());
        var userRanks = IdOrder.Ranks(snapshot.UserIds);
        var itemRanks = IdOrder.Ranks(snapshot.ItemIds);
        var (users, items) = SnapshotAssembler.CutCooccurrence(interactions, snapshot.Items, settings, userRanks, itemRanks, progress, cancellationToken);
        return snapshot with
        {
            Interactions = interactions,
            UserCooccurrence = users,
            ItemCooccurrence = items,
            UserInterest = SnapshotAssembler.CutInterest(
                interactions, snapshot.Modalities, features, settings, userRanks, itemRanks, recall: null, progress, cancellationToken),
        };
    }

    private static InteractionMatrix Without(InteractionMatrix all, HashSet<(int User, int Item)> heldOut)
    {
        var pointers = new int[all.Users + 1];
        var kept = new List<int>(all.Count);
        for (var user = 0; user < all.Users; user++)
        {
            for (var e = all.Pointers[user]; e < all.Pointers[user + 1]; e++)
                if (!heldOut.Contains((user, all.Items[e])))
                    kept.Add(e);
            pointers[user + 1] = kept.Count;
        }
        return new(pointers, [.. kept.Select(e => all.Items[e])], [.. kept.Select(e => all.Times[e])], [.. kept.Select(e => all.Weights[e])]);
    }
}

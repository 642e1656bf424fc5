using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>Chooses the interactions that training does not see, so that it can be validated on them.</summary>
public static class HoldOut
{
    /// <summary>A user with fewer interactions than this keeps them all for training.</summary>
    private const int MinInteractions = 3;

    /// <summary>
    /// The newest interaction of each user who has three, for at most <paramref name="maxUsers"/> users, chosen by
    /// <see cref="StableHash"/> so that they are mostly the same from run to run.
    /// </summary>
    public static IReadOnlyCollection<(int User, int Item)> Newest(GraphSnapshot snapshot, int maxUsers)
    {
        var interactions = snapshot.Interactions;
        return [.. Enumerable.Range(0, snapshot.Users)
            .Where(user => interactions.ItemsOf(user).Length >= MinInteractions)
            .OrderBy(user => StableHash.Of(snapshot.UserIds[user]))
            .Take(maxUsers)
            .Select(user => (user, NewestOf(interactions, snapshot.ItemIds, user)))];
    }

    private static int NewestOf(InteractionMatrix interactions, string[] itemIds, int user)
    {
        var items = interactions.ItemsOf(user);
        var times = interactions.TimesOf(user);
        var newest = 0;
        for (var e = 1; e < items.Length; e++)
            if (times[e] > times[newest] || (times[e] == times[newest] && StableHash.Of(itemIds[items[e]]) < StableHash.Of(itemIds[items[newest]])))
                newest = e;
        return items[newest];
    }
}

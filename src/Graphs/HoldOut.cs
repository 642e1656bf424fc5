using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>What training does not see, to tell how good it is.</summary>
public static class HoldOut
{
    /// <summary>A user needs this many interactions to give one away.</summary>
    private const int MinInteractions = 3;

    /// <summary>
    /// The newest interaction of each user who has three, for at most <paramref name="maxUsers"/> users, chosen by
    /// <see cref="StableHash"/> so that it is mostly the same ones from run to run.
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

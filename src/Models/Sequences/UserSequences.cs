using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>Each user's items from the oldest to the newest. A pair is there once, at its last event, as in the snapshot.</summary>
internal sealed class UserSequences
{
    private readonly int[] _pointers;
    private readonly int[] _items;

    private UserSequences(int[] pointers, int[] items) => (_pointers, _items) = (pointers, items);

    /// <summary>Number of users.</summary>
    internal int Users => _pointers.Length - 1;

    /// <summary>The items of a user, oldest first.</summary>
    internal ReadOnlySpan<int> this[int user] => _items.AsSpan(_pointers[user].._pointers[user + 1]);

    /// <summary>Sorts the interactions of a snapshot by time.</summary>
    /// <param name="snapshot">
    /// The snapshot. Of items of the same time the one of the smallest rank by <see cref="IdOrder"/> is the newest, as for <see cref="HoldOut"/>.
    /// </param>
    /// <param name="knows">Whether an item counts.</param>
    internal static UserSequences Of(GraphSnapshot snapshot, Func<int, bool> knows)
    {
        var interactions = snapshot.Interactions;
        var ranks = IdOrder.Ranks(snapshot.ItemIds);
        var pointers = new int[snapshot.Users + 1];
        var items = new List<int>(interactions.Count);
        for (var user = 0; user < snapshot.Users; user++)
        {
            var entries = Enumerable.Range(interactions.Pointers[user], interactions.ItemsOf(user).Length).Where(e => knows(interactions.Items[e]))
                .OrderBy(e => interactions.Times[e]).ThenByDescending(e => ranks[interactions.Items[e]]);
            items.AddRange(entries.Select(e => interactions.Items[e]));
            pointers[user + 1] = items.Count;
        }
        return new(pointers, [.. items]);
    }
}

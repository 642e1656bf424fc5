using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Trainer.Gate;

/// <summary>Which interactions of a snapshot an earlier one did not have.</summary>
internal static class UnseenPairs
{
    /// <summary>
    /// Those of some pairs that the earlier snapshot did not have. A pair that was repeated since counts as seen, although it has a newer time: a model that
    /// was trained on it before knows it.
    /// </summary>
    /// <param name="snapshot">Numbers the pairs.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="earlier">The earlier snapshot.</param>
    internal static List<(int User, int Item)> Of(GraphSnapshot snapshot, IEnumerable<(int User, int Item)> pairs, SnapshotPairs earlier)
    {
        var (users, items) = (Numbers(earlier.UserIds), Numbers(earlier.ItemIds));
        return [.. pairs.Where(pair => !(users.TryGetValue(snapshot.UserIds[pair.User], out var user)
            && items.TryGetValue(snapshot.ItemIds[pair.Item], out var item)
            && earlier.Touched.RowColumns(user).BinarySearch(item) >= 0))];
    }

    private static Dictionary<string, int> Numbers(string[] ids)
    {
        var numbers = new Dictionary<string, int>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
            CollectionsMarshal.GetValueRefOrAddDefault(numbers, ids[i], out _) = i;
        return numbers;
    }
}

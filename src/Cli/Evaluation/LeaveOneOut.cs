using Rearm.Streaming.Datasets;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Cli.Evaluation;

/// <summary>Each user's newest item as the test, whatever parts the data set had before.</summary>
internal static class LeaveOneOut
{
    /// <summary>
    /// The same data with another split: nothing to validate on, so that the newest of what is left is held out for that. A pair counts once, at its last
    /// time; of items of the same time the one of the smallest rank by <see cref="IdOrder"/> is the newest, as for <see cref="HoldOut"/>.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="minItems">Users with fewer different items are left out.</param>
    /// <param name="keep">Which of the others to keep, by the number they have in <paramref name="data"/>.</param>
    /// <exception cref="ArgumentException">The data has no times, or no user has so many items.</exception>
    public static Dataset Split(Dataset data, int minItems, Func<int, bool>? keep = null)
    {
        Split[] parts = [Datasets.Split.Train, Datasets.Split.Valid, Datasets.Split.Test];
        if (parts.Any(part => data[part] is { Count: > 0, Times: null }))
            throw new ArgumentException($"{data.Name} has no times, so nothing is a user's newest.");
        var matrix = InteractionPairs.ToMatrix(data.UserCount, parts.SelectMany(part => Enumerable.Range(0, data[part].Count)
            .Select(row => new InteractionPair(data[part].Users[row], data[part].Items[row], data.TimeOf(part, row)))));
        var ranks = IdOrder.Ranks([.. Enumerable.Range(0, data.ItemCount).Select(data.ItemId)]);
        int[] users = [.. Enumerable.Range(0, data.UserCount).Where(user => matrix.ItemsOf(user).Length >= minItems && (keep is null || keep(user)))];
        if (users.Length == 0)
            throw new ArgumentException($"No user of {data.Name} has {minItems} different items.");
        var (train, test) = (new List<(int User, int Item, long Time)>(), new List<(int User, int Item, long Time)>());
        for (var n = 0; n < users.Length; n++)
        {
            var entries = Enumerable.Range(matrix.Pointers[users[n]], matrix.ItemsOf(users[n]).Length)
                .OrderBy(e => matrix.Times[e]).ThenByDescending(e => ranks[matrix.Items[e]]).Select(e => (n, matrix.Items[e], matrix.Times[e])).ToArray();
            train.AddRange(entries[..^1]);
            test.Add(entries[^1]);
        }
        return data with
        {
            UserIds = [.. users.Select(data.UserId)],
            UserCount = users.Length,
            Train = Rows(train),
            Valid = DatasetSplit.Empty,
            Test = Rows(test),
        };
    }

    private static DatasetSplit Rows(List<(int User, int Item, long Time)> rows) =>
        new([.. rows.Select(r => r.User)], [.. rows.Select(r => r.Item)], [.. rows.Select(r => r.Time)]);
}

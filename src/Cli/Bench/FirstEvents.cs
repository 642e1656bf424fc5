using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// A shop while it is young: the first of its events by time. What it has then are whole histories of the users who came first. A random share of the same
/// size would leave holes in everybody's history, which no shop has, and in the end one item to a user, of which no order can be learned.
/// </summary>
internal static class FirstEvents
{
    /// <summary>The same users and items, and of the training part the first events; of those of the same time the first rows.</summary>
    /// <param name="data">Interactions with times.</param>
    /// <param name="share">Of the events, above 0 and up to 1; at least one is kept.</param>
    public static Dataset Of(Dataset data, double share)
    {
        int[] rows = [.. Enumerable.Range(0, data.Train.Count).OrderBy(row => data.TimeOf(Split.Train, row))
            .Take((int)Math.Max(1, Math.Round(share * data.Train.Count)))];
        T[] Kept<T>(T[] values) => Array.ConvertAll(rows, row => values[row]);
        var (all, times, types) = (data.Train, data.Train.Times, data.Train.Types);
        return data with { Train = new(Kept(all.Users), Kept(all.Items), times is null ? null : Kept(times), types is null ? null : Kept(types)) };
    }
}

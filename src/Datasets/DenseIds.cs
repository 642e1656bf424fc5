namespace Rearm.Streaming.Datasets;

/// <summary>Ids that are numbers from 0.</summary>
internal static class DenseIds
{
    // A number takes memory whether anybody has it or not: what a data set may leave out is much less than what a shop's own numbers do.
    private const int AlwaysAllowed = 1_000_000;
    private const int AllowedPerRow = 100;

    /// <summary>How many there are: one more than the largest.</summary>
    public static int Count(ReadOnlySpan<int> ids)
    {
        var count = 0;
        foreach (var id in ids)
            count = Math.Max(count, checked(id + 1));
        return count;
    }

    /// <summary>The same for ids that are to be dense.</summary>
    /// <param name="path">Where they are from.</param>
    /// <param name="what">What they are of: "user" or "item".</param>
    /// <param name="columns">The ids, in parts.</param>
    /// <exception cref="DatasetException">Almost all numbers below the largest are nobody's.</exception>
    public static int Require(string path, string what, params ReadOnlySpan<int[]> columns)
    {
        var (largest, rows) = (-1, 0L);
        foreach (var column in columns)
        {
            rows += column.Length;
            foreach (var id in column)
                largest = Math.Max(largest, id);
        }
        return largest < Math.Min(int.MaxValue, Math.Max(AlwaysAllowed, AllowedPerRow * rows))
            ? largest + 1
            : throw new DatasetException(
                $"{path} names {what} {largest} in {rows} rows; ids are dense, from 0, and memory is taken for each number. "
                + $"Number {what}s anew, or give a .csv file, whose ids may be of any kind.");
    }
}

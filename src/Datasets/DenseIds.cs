namespace Rearm.Streaming.Datasets;

/// <summary>Ids that are numbers from 0.</summary>
internal static class DenseIds
{
    /// <summary>How many there are: one more than the largest.</summary>
    public static int Count(params ReadOnlySpan<int[]> columns)
    {
        var count = 0;
        foreach (var column in columns)
            foreach (var id in column)
                count = Math.Max(count, checked(id + 1));
        return count;
    }
}

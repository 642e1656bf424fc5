namespace Rearm.Streaming.Models.Sequences;

/// <summary>How often items are candidates.</summary>
internal static class ItemPopularity
{
    /// <summary>The logarithm of each item's share of all items in the training rows, by row of the model's table; 0 for padding.</summary>
    /// <param name="rows">All training rows; 0 is padding, i + 1 is item i.</param>
    /// <param name="items">Number of items. One that is in no row is never a candidate, and has minus infinity.</param>
    internal static float[] Logarithms(ReadOnlySpan<int> rows, int items)
    {
        var counts = new long[items + 1];
        foreach (var row in rows)
            counts[row]++;
        var all = rows.Length - counts[0];
        var logarithms = new float[items + 1];
        for (var row = 1; row <= items; row++)
            logarithms[row] = (float)Math.Log((double)counts[row] / all);
        return logarithms;
    }
}

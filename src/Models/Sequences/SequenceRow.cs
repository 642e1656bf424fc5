namespace Rearm.Streaming.Models.Sequences;

/// <summary>A user's newest items as a row of fixed width.</summary>
internal static class SequenceRow
{
    /// <summary>Writes the rows of the newest items, the newest in the last column, and 0 where there are no more.</summary>
    /// <param name="items">Oldest first.</param>
    /// <param name="row">As many as are wanted.</param>
    internal static void Fill(ReadOnlySpan<int> items, Span<int> row)
    {
        var newest = items[Math.Max(0, items.Length - row.Length)..];
        var padding = row.Length - newest.Length;
        row[..padding].Clear();
        for (var n = 0; n < newest.Length; n++)
            row[padding + n] = newest[n] + 1;
    }
}

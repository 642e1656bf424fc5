namespace Rearm.Streaming.Server.Catalogue;

/// <summary>Brings rows of a matrix into another order in place: a copy would take as much memory again.</summary>
internal static class RowOrder
{
    /// <summary>Row i becomes what row <paramref name="sources"/>[i] was.</summary>
    /// <param name="matrix">Row-major.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="sources">Each row once. When it is done, row i is where it has to be: <paramref name="sources"/>[i] = i.</param>
    public static void Apply(Span<float> matrix, int width, Span<int> sources)
    {
        Span<float> held = new float[width];
        for (var start = 0; start < sources.Length; start++)
        {
            if (sources[start] == start)
                continue;
            // Along the cycle: what is taken from a row leaves room for what goes there.
            Row(matrix, width, start).CopyTo(held);
            var room = start;
            while (sources[room] is var source && source != start)
            {
                Row(matrix, width, source).CopyTo(Row(matrix, width, room));
                sources[room] = room;
                room = source;
            }
            held.CopyTo(Row(matrix, width, room));
            sources[room] = room;
        }
    }

    private static Span<float> Row(Span<float> matrix, int width, int row) => matrix.Slice(row * width, width);
}

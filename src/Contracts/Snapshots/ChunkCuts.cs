using System.Numerics;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>
/// Where a section is cut into chunks. A cut depends on as little as possible besides the rows on both sides of it, so that rows that did not change
/// give chunks that did not change, whatever happens to the rows behind.
/// </summary>
internal static class ChunkCuts
{
    /// <summary>Ranges of rows that take <paramref name="rowLength"/> bytes each: as many as fill a chunk, at least one.</summary>
    public static IEnumerable<(int First, int Count)> Even(int rows, long rowLength)
    {
        var step = (int)Math.Clamp(SnapshotChunk.TargetLength / Math.Max(rowLength, 1), 1, int.MaxValue);
        for (var first = 0L; first < rows; first += step)
            yield return ((int)first, (int)Math.Min(step, rows - first));
    }

    /// <summary>
    /// Ranges of elements, cut between rows: at every n-th row, where n is the power of two with which an average chunk is up to the target's length. So n
    /// changes, and everything is cut anew, only when rows become twice as long.
    /// </summary>
    /// <param name="pointers">Row r is the elements [pointers[r], pointers[r + 1]).</param>
    /// <param name="elementLength">Bytes of an element.</param>
    public static IEnumerable<(int First, int Count)> BetweenRows(int[] pointers, int elementLength)
    {
        var rows = pointers.Length - 1;
        var average = Math.Max((long)pointers[^1] * elementLength / Math.Max(rows, 1), 1);
        var step = 1 << BitOperations.Log2((uint)Math.Max(SnapshotChunk.TargetLength / average, 1));
        for (var row = 0L; row < rows; row += step)
        {
            var (first, end) = (pointers[row], pointers[Math.Min(row + step, rows)]);
            if ((long)(end - first) * elementLength <= SnapshotChunk.LargestLength)
            {
                if (end > first)
                    yield return (first, end - first);
                continue;
            }
            foreach (var (start, count) in Even(end - first, elementLength))
                yield return (first + start, count);
        }
    }
}

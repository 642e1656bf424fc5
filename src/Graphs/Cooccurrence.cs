using System.Collections.Concurrent;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>Co-occurrence (eq. 1): how many columns two rows have in common; the k strongest neighbours of each row.</summary>
public static class Cooccurrence
{
    /// <summary>Exact counts by sparse accumulation: a row costs the sum of its columns' degrees.</summary>
    /// <param name="rows">The nodes and their columns: users to items, or items to users.</param>
    /// <param name="columns">The transpose of <paramref name="rows"/>.</param>
    /// <param name="k">Neighbours per row, at least 1; a row with fewer neighbours has fewer entries.</param>
    /// <param name="ranks">Of each node, for ties (<see cref="IdOrder"/>).</param>
    /// <param name="maxColumnDegree">A column with more rows than this does not count; 0: all count.</param>
    /// <param name="progress">Told of rows done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Per row the neighbours, strongest first, with the counts as values; the node itself is not among them.</returns>
    public static SparseRows TopK(
        SparseRows rows, SparseRows columns, int k, int[] ranks, int maxColumnDegree = 0, IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(ranks.Length, rows.Rows);
        if (rows.Rows == 0)
            return SparseRows.Empty(0);
        k = Math.Min(k, rows.Rows);
        var top = new TopRows(rows.Rows, k, ranks);
        var done = 0L;
        // Small ranges: a hub's row can cost a thousand times as much as another.
        Parallel.ForEach(
            Partitioner.Create(0, rows.Rows, 64),
            new ParallelOptions { CancellationToken = cancellationToken },
            () => new Counter(rows, columns, maxColumnDegree),
            (range, _, counter) =>
            {
                for (var row = range.Item1; row < range.Item2; row++)
                    counter.Count(row, top[row]);
                progress?.Report(Interlocked.Add(ref done, range.Item2 - range.Item1));
                return counter;
            },
            _ => { });
        return top.Pack();
    }

    private sealed class Counter(SparseRows rows, SparseRows columns, int maxColumnDegree)
    {
        private readonly int[] _counts = new int[rows.Rows];
        private readonly List<int> _touched = [];

        public void Count(int row, TopK top)
        {
            foreach (var column in rows.RowColumns(row))
                if (maxColumnDegree == 0 || columns.Degree(column) <= maxColumnDegree)
                    foreach (var other in columns.RowColumns(column))
                        if (_counts[other]++ == 0)
                            _touched.Add(other);
            foreach (var other in _touched)
            {
                if (other != row)
                    top.Offer(other, _counts[other]);
                _counts[other] = 0;
            }
            _touched.Clear();
            top.Sort();
        }
    }
}

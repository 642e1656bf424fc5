using System.Collections.Concurrent;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.ItemKnn;

/// <summary>
/// The cosine of two items' columns of interactions, x_i x_j / (|x_i| |x_j| + h): with equal weights, common users over the root of both's numbers of
/// users.
/// </summary>
internal static class ItemSimilarity
{
    /// <summary>Per item its nearest others, nearest first.</summary>
    /// <param name="users">X, users x items.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="hyper">k and h.</param>
    /// <param name="ranks">Of each item, for ties (<see cref="IdOrder"/>).</param>
    /// <param name="maxItemsPerUser">A user with more items than this does not count; 0: all count.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal static SparseRows Nearest(
        SparseRows users, int items, ItemKnnHyperParameters hyper, int[] ranks, int maxItemsPerUser, CancellationToken cancellationToken)
    {
        if (items == 0)
            return SparseRows.Empty(0);
        var touchedBy = users.Transpose(items);
        var lengths = Enumerable.Range(0, items).Select(i => Math.Sqrt(SumOfSquares(touchedBy.RowValues(i)))).ToArray();
        var found = new (int[] Columns, float[] Values)[items];
        Parallel.ForEach(
            Partitioner.Create(0, items, 64),
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Max(1, get_num_threads()) },
            () => new Row(items),
            (range, _, row) =>
            {
                for (var item = range.Item1; item < range.Item2; item++)
                {
                    row.Add(item, touchedBy, users, maxItemsPerUser);
                    found[item] = row.Take(item, lengths, hyper, ranks);
                }
                return row;
            },
            _ => { });
        var pointers = new int[items + 1];
        for (var item = 0; item < items; item++)
            pointers[item + 1] = pointers[item] + found[item].Columns.Length;
        return new(pointers, [.. found.SelectMany(f => f.Columns)], [.. found.SelectMany(f => f.Values)]);
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += (double)value * value;
        return sum;
    }

    // One item's products with all others, by sparse accumulation.
    private sealed class Row(int items)
    {
        private readonly double[] _products = new double[items];
        private readonly bool[] _seen = new bool[items];
        private readonly List<int> _others = [];

        public void Add(int item, SparseRows touchedBy, SparseRows users, int maxItemsPerUser)
        {
            var owners = touchedBy.RowColumns(item);
            var weights = touchedBy.RowValues(item);
            for (var n = 0; n < owners.Length; n++)
            {
                var columns = users.RowColumns(owners[n]);
                var values = users.RowValues(owners[n]);
                if (maxItemsPerUser > 0 && columns.Length > maxItemsPerUser)
                    continue;
                for (var e = 0; e < columns.Length; e++)
                {
                    _products[columns[e]] += (double)weights[n] * values[e];
                    if (_seen[columns[e]])
                        continue;
                    _seen[columns[e]] = true;
                    _others.Add(columns[e]);
                }
            }
        }

        public (int[] Columns, float[] Values) Take(int item, double[] lengths, ItemKnnHyperParameters hyper, int[] ranks)
        {
            var k = Math.Min(hyper.Neighbors, _others.Count);
            var (columns, values, count) = (new int[k], new float[k], 0);
            var top = new TopK(columns, values, ref count, ranks);
            foreach (var other in _others)
            {
                if (other != item)
                    top.Offer(other, (float)(_products[other] / (lengths[item] * lengths[other] + hyper.Shrinkage)));
                (_products[other], _seen[other]) = (0, false);
            }
            _others.Clear();
            var kept = top.Sort();
            return (columns[..kept], values[..kept]);
        }
    }
}

using System.Runtime.InteropServices;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// Co-occurrence of one side (users by common items, or items by common users), kept exactly as edges come. Counts only grow while edges
/// are added, so a row's strongest can change only by the pair that grew. Whatever makes counts fall marks rows, which are counted anew
/// when they are next asked for. So is a row that has changed so much that counting it anew is cheaper than following: a backlog is
/// read at the price of one count, a trickle at the price of its pairs.
/// </summary>
/// <param name="rows">Per node of this side the nodes of the other, ascending.</param>
/// <param name="columns">The other way round.</param>
/// <param name="ids">Of this side, for ties.</param>
/// <param name="k">Neighbours per row.</param>
/// <param name="rowCounts">Does a node of this side count at all?</param>
/// <param name="columnCounts">Does a node of the other side count as something in common?</param>
internal sealed class CooccurrenceSide(
    List<SortedInts> rows, List<SortedInts> columns, IdTable ids, int k, Func<int, bool> rowCounts, Func<int, bool> columnCounts)
{
    // Comparisons that a row may cost before its own size matters.
    private const int Patience = 256;

    private readonly List<TopCounts> _tops = [];
    private readonly List<bool> _marked = [];
    private readonly List<int> _touched = [];

    // What following has cost each row since it was counted, and what counting it would cost: its columns' lengths together.
    private readonly List<int> _spent = [];
    private readonly List<int> _size = [];
    private int[] _counts = [];

    /// <summary>The strongest neighbours of <paramref name="row"/>.</summary>
    public TopCounts Row(int row)
    {
        EnsureRow(row);
        if (_marked[row])
            Recount(row);
        return _tops[row];
    }

    /// <summary>Takes in the edge (row, column), which is in both lists already.</summary>
    public void Added(int row, int column)
    {
        EnsureRow(row);
        if (!rowCounts(row) || !columnCounts(column))
            return;
        _size[row] += columns[column].Count;
        foreach (var other in columns[column].Span)
            if (other != row && rowCounts(other))
            {
                EnsureRow(other);
                _size[other]++;
                if (!_marked[row] || !_marked[other])
                    Grow(row, other);
            }
    }

    public void Mark(int row)
    {
        EnsureRow(row);
        _marked[row] = true;
    }

    /// <summary>Marks the rows that have <paramref name="column"/>.</summary>
    public void MarkRowsOf(int column)
    {
        foreach (var row in columns[column].Span)
            Mark(row);
    }

    /// <summary>Marks <paramref name="row"/> and all that have something in common with it.</summary>
    public void MarkNeighborsOf(int row)
    {
        Mark(row);
        foreach (var column in rows[row].Span)
            MarkRowsOf(column);
    }

    public void MarkAll()
    {
        EnsureRow(rows.Count - 1);
        CollectionsMarshal.AsSpan(_marked).Fill(true);
    }

    private void Grow(int a, int b)
    {
        var (topA, topB) = (_marked[a] ? null : _tops[a], _marked[b] ? null : _tops[b]);
        var count = topA?.CountOf(b) ?? 0;
        if (count == 0)
            count = topB?.CountOf(a) ?? 0;
        var cost = 4;
        if (count > 0)
            count++;
        else
        {
            // Most pairs stop here: even if all of the shorter list were common, it would not be enough for either row.
            var most = Math.Min(rows[a].Count, rows[b].Count);
            if (topA?.MayTake(most) != true && topB?.MayTake(most) != true)
                return;
            count = Common(rows[a].Span, rows[b].Span);
            cost += most * 2;
        }
        topA?.Raise(b, count);
        topB?.Raise(a, count);
        Spend(a, cost);
        Spend(b, cost);
    }

    private void Spend(int row, int cost)
    {
        if ((_spent[row] += cost) > Patience + _size[row])
            _marked[row] = true;
    }

    private int Common(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        if (a.Length > b.Length)
            return Common(b, a);
        var count = 0;
        // Where one list is far shorter, look its entries up; else walk both.
        if (a.Length * 16 < b.Length)
        {
            foreach (var value in a)
            {
                var place = b.BinarySearch(value);
                if (place >= 0 && columnCounts(value))
                    count++;
                b = b[(place >= 0 ? place : ~place)..];
            }
            return count;
        }
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
            if (a[i] < b[j])
                i++;
            else if (a[i] > b[j])
                j++;
            else
            {
                if (columnCounts(a[i]))
                    count++;
                i++;
                j++;
            }
        return count;
    }

    private void Recount(int row)
    {
        _marked[row] = false;
        (_spent[row], _size[row]) = (0, 0);
        _tops[row].Clear();
        if (!rowCounts(row))
            return;
        if (_counts.Length < rows.Count)
            _counts = new int[rows.Count + rows.Count / 2];
        foreach (var column in rows[row].Span)
            if (columnCounts(column))
            {
                _size[row] += columns[column].Count;
                foreach (var other in columns[column].Span)
                    if (_counts[other]++ == 0)
                        _touched.Add(other);
            }
        foreach (var other in _touched)
        {
            if (other != row && rowCounts(other) && _tops[row].MayTake(_counts[other]))
                _tops[row].Raise(other, _counts[other]);
            _counts[other] = 0;
        }
        _touched.Clear();
    }

    private void EnsureRow(int row)
    {
        while (_tops.Count <= row)
        {
            _tops.Add(new(k, ids));
            _marked.Add(false);
            _spent.Add(0);
            _size.Add(0);
        }
    }
}

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// The rows of a category. Immutable: another one is the same array with what has come and gone beside it, until that is enough to be worth a new array.
/// </summary>
internal readonly struct CategoryRows
{
    // Of the rows, so much may stand beside them; then a change costs about as many copied rows.
    private const int Share = 16;
    private const int Least = 64;

    private readonly int[]? _rows;
    private readonly int[]? _come;
    private readonly int[]? _gone;

    /// <param name="rows">Ascending; kept, not copied.</param>
    public CategoryRows(int[] rows)
        : this(rows, [], [])
    {
    }

    private CategoryRows(int[] rows, int[] come, int[] gone) => (_rows, _come, _gone) = (rows, come, gone);

    /// <summary>How many rows there are.</summary>
    public int Count => _rows is null ? 0 : _rows.Length + _come!.Length - _gone!.Length;

    /// <summary>The rows with others.</summary>
    /// <param name="come">None of which is there.</param>
    /// <param name="gone">All of which are there.</param>
    public CategoryRows With(IReadOnlyCollection<int> come, IReadOnlyCollection<int> gone)
    {
        var (more, less) = (new SortedSet<int>(_come ?? []), new SortedSet<int>(_gone ?? []));
        foreach (var row in gone)
            if (!more.Remove(row))
                less.Add(row);
        foreach (var row in come)
            if (!less.Remove(row))
                more.Add(row);
        var changed = new CategoryRows(_rows ?? [], [.. more], [.. less]);
        if (more.Count + less.Count <= Math.Max(Least, changed._rows!.Length / Share))
            return changed;
        var rows = new int[changed.Count];
        var count = 0;
        foreach (var row in changed)
            rows[count++] = row;
        Array.Sort(rows);
        return new(rows);
    }

    public Enumerator GetEnumerator() => new(_rows, _come, _gone);

    /// <summary>The rows, in no order.</summary>
    public ref struct Enumerator(ReadOnlySpan<int> rows, ReadOnlySpan<int> come, ReadOnlySpan<int> gone)
    {
        private readonly ReadOnlySpan<int> _rows = rows;
        private readonly ReadOnlySpan<int> _come = come;
        private readonly ReadOnlySpan<int> _gone = gone;
        private int _next;
        private int _nextGone;

        public int Current { get; private set; }

        public bool MoveNext()
        {
            while (_next < _rows.Length)
            {
                Current = _rows[_next++];
                if (_nextGone == _gone.Length || _gone[_nextGone] != Current)
                    return true;
                _nextGone++;
            }
            if (_next - _rows.Length == _come.Length)
                return false;
            Current = _come[_next++ - _rows.Length];
            return true;
        }
    }
}

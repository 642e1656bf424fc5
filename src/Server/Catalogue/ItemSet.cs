using System.Numerics;
using System.Numerics.Tensors;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>A set of item rows, one bit each, over memory the caller lends.</summary>
internal readonly ref struct ItemSet(Span<ulong> words)
{
    private readonly Span<ulong> _words = words;

    /// <summary>The 64-bit words a set of rows 0..<paramref name="items"/>-1 needs.</summary>
    public static int WordsFor(int items) => (items + 63) >> 6;

    /// <summary>The words of a set of all rows 0..<paramref name="items"/>-1.</summary>
    public static ulong[] All(int items)
    {
        var words = new ulong[WordsFor(items)];
        Fill(words, items);
        return words;
    }

    /// <summary>Makes words a set of all rows 0..<paramref name="items"/>-1.</summary>
    public static void Fill(Span<ulong> words, int items)
    {
        words.Fill(ulong.MaxValue);
        if (items % 64 > 0)
            words[^1] = (1UL << items % 64) - 1;
    }

    public void Add(int row) => _words[row >> 6] |= 1UL << row;

    public void Remove(int row) => _words[row >> 6] &= ~(1UL << row);

    public void IntersectWith(ReadOnlySpan<ulong> other) => TensorPrimitives.BitwiseAnd(_words, other, _words);

    public void UnionWith(ReadOnlySpan<ulong> other) => TensorPrimitives.BitwiseOr(_words, other, _words);

    public static bool Contains(ReadOnlySpan<ulong> words, int row) => (words[row >> 6] >> row & 1) != 0;

    /// <summary>How many rows there are.</summary>
    public static int Count(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        foreach (var word in words)
            count += BitOperations.PopCount(word);
        return count;
    }

    public static Enumerator Rows(ReadOnlySpan<ulong> words) => new(words);

    /// <summary>The rows in ascending order.</summary>
    public ref struct Enumerator(ReadOnlySpan<ulong> words)
    {
        private readonly ReadOnlySpan<ulong> _words = words;
        private ulong _left;
        private int _next;

        public int Current { get; private set; }

        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_left == 0)
            {
                if (_next == _words.Length)
                    return false;
                _left = _words[_next++];
            }
            Current = ((_next - 1) << 6) + BitOperations.TrailingZeroCount(_left);
            _left &= _left - 1;
            return true;
        }
    }
}

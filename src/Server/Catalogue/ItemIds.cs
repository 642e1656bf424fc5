using System.Buffers;
using System.Collections;
using System.IO.Hashing;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// The items' external ids by row, and the rows by id: a hash table with open addressing over UTF-8. A million strings and a dictionary of them would be objects
/// for the garbage collector to look at and to move, which stops answers whenever a generation is loaded; this is three arrays of numbers. Immutable.
/// </summary>
internal sealed class ItemIds : IReadOnlyList<string>
{
    // Longer ids are looked up as well, but allocate.
    private const int StackBytes = 512;

    // So that nobody can make up ids of the same hash.
    private static readonly long s_seed = Random.Shared.NextInt64();

    private readonly byte[] _texts;
    private readonly int[] _starts;

    // Row + 1 of the id that is in a slot, or 0. At most half of them are taken.
    private readonly int[] _slots;

    /// <param name="text">The ids one after the other, UTF-8; kept, not copied.</param>
    /// <param name="starts">Where each begins, and where the last ends; kept, not copied.</param>
    /// <exception cref="ArgumentException">An id is there twice.</exception>
    public ItemIds(byte[] text, int[] starts)
    {
        (_texts, _starts) = (text, starts);
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, 2 * Count))];
        for (var row = 0; row < Count; row++)
        {
            ref var slot = ref Slot(Text(row));
            if (slot != 0)
                throw new ArgumentException($"\"{this[row]}\" is there twice.", nameof(text));
            slot = row + 1;
        }
    }

    /// <summary>Number of rows.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The id of a row, as a new string.</summary>
    public string this[int row] => Encoding.UTF8.GetString(Text(row));

    /// <summary>The stable hash of a row's id, by which ties go.</summary>
    public ulong Hash(int row) => StableHash.Of(Text(row));

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => Enumerable.Range(0, Count).Select(row => this[row]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The row of an id, if there is one.</summary>
    public bool TryGetRow(ReadOnlySpan<char> id, out int row)
    {
        Span<byte> utf8 = id.Length <= StackBytes / 3 ? stackalloc byte[StackBytes] : new byte[3 * id.Length];
        // What is not Unicode is no item's id.
        var isText = Utf8.FromUtf16(id, utf8, out _, out var length, replaceInvalidSequences: false) == OperationStatus.Done;
        row = isText ? Slot(utf8[..length]) - 1 : -1;
        return row >= 0;
    }

    private ReadOnlySpan<byte> Text(int row) => _texts.AsSpan(_starts[row].._starts[row + 1]);

    /// <summary>The slot that an id is in, or the one that it would be put into.</summary>
    private ref int Slot(ReadOnlySpan<byte> id)
    {
        var last = _slots.Length - 1;
        var place = (int)XxHash3.HashToUInt64(id, s_seed) & last;
        while (_slots[place] is var row and not 0 && !Text(row - 1).SequenceEqual(id))
            place = (place + 1) & last;
        return ref _slots[place];
    }
}

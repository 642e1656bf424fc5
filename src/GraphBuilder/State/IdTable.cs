using System.IO.Hashing;
using System.Text;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// External ids (UTF-8) as dense ints, given in order of arrival and never given twice while the process runs. A hash table with open addressing,
/// so that looking up an id straight from a record's bytes allocates nothing.
/// </summary>
internal sealed class IdTable
{
    private const int Free = 0;
    private const int Removed = -1;

    private readonly SlabList<byte[]?> _ids = new();
    private readonly SlabList<ulong> _hashes = new();

    // The id's int plus 1, Free or Removed; at most half of them are not free.
    private int[] _slots = new int[1024];
    private int _used;

    /// <summary>Ints given out, forgotten ones included.</summary>
    public int Count => _ids.Count;

    /// <summary>The id, or null when it has been forgotten.</summary>
    public string? this[int index] => _ids[index] is { } id ? Encoding.UTF8.GetString(id) : null;

    /// <summary>The id's bytes; null when it has been forgotten.</summary>
    public byte[]? Utf8(int index) => _ids[index];

    public bool TryGet(string id, out int index) => TryGet(Encoding.UTF8.GetBytes(id), out index);

    public bool TryGet(ReadOnlySpan<byte> id, out int index)
    {
        index = Find(id, Hash(id));
        return index >= 0;
    }

    public int GetOrAdd(string id) => GetOrAdd(Encoding.UTF8.GetBytes(id));

    public int GetOrAdd(ReadOnlySpan<byte> id)
    {
        var hash = Hash(id);
        return Find(id, hash) is var found and >= 0 ? found : Add(id.ToArray(), hash);
    }

    /// <summary>Forgets the id itself; should it come again, it gets another int.</summary>
    public void Forget(int index)
    {
        if (_ids[index] is null)
            return;
        var slot = Start(_hashes[index]);
        while (_slots[slot] != index + 1)
            slot = Next(slot);
        _slots[slot] = Removed;
        _ids.Edit(index) = null;
    }

    public FrozenList<byte[]?> Freeze() => _ids.Freeze();

    // Not cryptographic, so ids can be made to collide; equal hashes are told apart by the bytes.
    private static ulong Hash(ReadOnlySpan<byte> id) => XxHash3.HashToUInt64(id);

    private int Add(byte[] id, ulong hash)
    {
        if (++_used * 2 > _slots.Length)
            Rehash();
        _ids.Add(id);
        _hashes.Add(hash);
        Place(_ids.Count - 1, hash);
        return _ids.Count - 1;
    }

    private int Find(ReadOnlySpan<byte> id, ulong hash)
    {
        for (var slot = Start(hash); _slots[slot] != Free; slot = Next(slot))
            if (_slots[slot] is var entry and > 0 && _hashes[entry - 1] == hash && id.SequenceEqual(_ids[entry - 1]))
                return entry - 1;
        return -1;
    }

    private void Rehash()
    {
        var known = 0;
        for (var i = 0; i < _ids.Count; i++)
            known += _ids[i] is null ? 0 : 1;
        _used = known + 1;
        _slots = new int[Math.Max(_slots.Length, (int)Math.Min(1u << 30, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_used * 4)))];
        for (var i = 0; i < _ids.Count; i++)
            if (_ids[i] is not null)
                Place(i, _hashes[i]);
    }

    private void Place(int index, ulong hash)
    {
        var slot = Start(hash);
        while (_slots[slot] != Free)
            slot = Next(slot);
        _slots[slot] = index + 1;
    }

    private int Start(ulong hash) => (int)(hash & (ulong)(_slots.Length - 1));

    private int Next(int slot) => (slot + 1) & (_slots.Length - 1);
}

using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>External ids as dense ints, given in order of arrival and never given twice while the process runs.</summary>
internal sealed class IdTable
{
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<string?> _ids = [];
    private readonly List<ulong> _hashes = [];

    /// <summary>Ints given out, forgotten ones included.</summary>
    public int Count => _ids.Count;

    /// <summary>The id, or null when it has been forgotten.</summary>
    public string? this[int index] => _ids[index];

    public bool TryGet(string id, out int index) => _indices.TryGetValue(id, out index);

    public int GetOrAdd(string id)
    {
        if (_indices.TryGetValue(id, out var index))
            return index;
        _indices.Add(id, index = _ids.Count);
        _ids.Add(id);
        _hashes.Add(StableHash.Of(id));
        return index;
    }

    /// <summary>Forgets the id itself; should it come again, it gets another int.</summary>
    public void Forget(int index)
    {
        if (_ids[index] is not { } id)
            return;
        _indices.Remove(id);
        _ids[index] = null;
    }

    /// <summary>Does <paramref name="a"/> come before <paramref name="b"/> where strengths are equal?</summary>
    public bool Precedes(int a, int b)
    {
        if (_hashes[a] != _hashes[b])
            return _hashes[a] < _hashes[b];
        return string.CompareOrdinal(_ids[a], _ids[b]) < 0;
    }
}

using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Users' vectors as they were in Redis, for while it does not answer; at most so many. A user's hash says in which few places the vector may be; of these,
/// those that were not asked for lately go first. To keep what is there already allocates nothing and takes no lock.
/// </summary>
internal sealed class CachedVectors
{
    private const int Ways = 8;

    // So that nobody can make up ids of the same hash.
    private static readonly long s_seed = Random.Shared.NextInt64();

    private readonly Entry?[] _entries;

    // What a place's user had last: the clock ticks with every new vector.
    private readonly int[] _used;
    private int _clock;

    /// <param name="capacity">Users at most; 0: none.</param>
    public CachedVectors(int capacity)
    {
        _entries = new Entry?[capacity < Ways ? capacity : capacity / Ways * Ways];
        _used = new int[_entries.Length];
    }

    /// <summary>Keeps a user's vector, which never changes.</summary>
    public void Keep(string userId, byte[] vector)
    {
        if (_entries.Length == 0)
            return;
        var hash = Hash(userId);
        var (first, count) = Places(hash);
        var oldest = first;
        for (var place = first; place < first + count; place++)
        {
            if (_entries[place] is not { } entry)
            {
                oldest = place;
                break;
            }
            if (entry.Hash == hash)
            {
                _used[place] = _clock;
                return;
            }
            if (_used[place] - _used[oldest] < 0)
                oldest = place;
        }
        // Threads that do this at once may lose one vector or the other: it will be kept the next time.
        _used[oldest] = Interlocked.Increment(ref _clock);
        _entries[oldest] = new(hash, vector);
    }

    /// <summary>A user's vector; null if it is not there.</summary>
    public byte[]? Find(string userId)
    {
        if (_entries.Length == 0)
            return null;
        var hash = Hash(userId);
        var (first, count) = Places(hash);
        for (var place = first; place < first + count; place++)
            if (_entries[place] is { } entry && entry.Hash == hash)
                return entry.Vector;
        return null;
    }

    private static ulong Hash(string userId) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(userId.AsSpan()), s_seed);

    private (int First, int Count) Places(ulong hash)
    {
        var sets = Math.Max(1, _entries.Length / Ways);
        return ((int)Math.BigMul(hash, (ulong)sets, out _) * Ways, Math.Min(Ways, _entries.Length));
    }

    private sealed record Entry(ulong Hash, byte[] Vector);
}

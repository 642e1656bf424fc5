using System.Runtime.CompilerServices;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>An array that the garbage collector does not move, from a cache line's beginning on. The pointer is valid while the object is reachable.</summary>
/// <typeparam name="T">The elements.</typeparam>
internal sealed unsafe class PinnedArray<T> where T : unmanaged
{
    private const int CacheLine = 64;

    private readonly T[] _memory;

    /// <param name="length">Number of elements; they are zero.</param>
    public PinnedArray(int length)
    {
        _memory = GC.AllocateArray<T>(checked(length + CacheLine / sizeof(T)), pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref _memory[0]);
        Pointer = (T*)((start + CacheLine - 1) / CacheLine * CacheLine);
        Length = length;
    }

    public T* Pointer { get; }

    public int Length { get; }

    public Span<T> Span => new(Pointer, Length);

    /// <summary>Bytes it takes.</summary>
    public long Bytes => (long)_memory.Length * sizeof(T);
}

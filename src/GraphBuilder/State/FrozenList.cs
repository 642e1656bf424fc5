namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>What <see cref="SlabList{T}.Freeze"/> gave: a list that nobody changes.</summary>
/// <param name="slabs">Full but for the last, whose rest is undefined.</param>
/// <param name="count">Entries in all.</param>
internal sealed class FrozenList<T>(T[][] slabs, int count)
{
    /// <summary>Entries in the list.</summary>
    public int Count => count;

    /// <summary>Slabs of <see cref="SlabList{T}.SlabLength"/> entries; the last may have fewer.</summary>
    public int Slabs => slabs.Length;

    public ref readonly T this[int index] => ref slabs[index / SlabList<T>.SlabLength][index % SlabList<T>.SlabLength];

    /// <summary>The entries of a slab.</summary>
    public ReadOnlySpan<T> Slab(int slab) => slabs[slab].AsSpan(0, Math.Min(SlabList<T>.SlabLength, count - slab * SlabList<T>.SlabLength));

    /// <summary>The object that holds a slab: as long as the slab's content is the same, so is the object.</summary>
    public object Identity(int slab) => slabs[slab];
}

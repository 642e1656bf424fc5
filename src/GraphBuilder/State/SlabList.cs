namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// A growing list in slabs of equal size, with copy on write: <see cref="Freeze"/> costs one reference per slab, and a slab is copied when it is
/// first written to after that. So a picture of ten million entries is taken in microseconds while events go on changing the list; and a slab that
/// is the same object in two pictures holds the same content in both.
/// </summary>
/// <typeparam name="T">Immutable, or a struct whose references are themselves copied on write.</typeparam>
internal sealed class SlabList<T>
{
    /// <summary>Entries of a slab.</summary>
    public const int SlabLength = 1 << Shift;

    private const int Shift = 12;
    private const int Mask = SlabLength - 1;

    private T[][] _slabs = [];
    private bool[] _frozen = [];

    /// <summary>Entries in the list.</summary>
    public int Count { get; private set; }

    /// <summary>The entry at <paramref name="index"/>, to be read.</summary>
    public ref readonly T this[int index] => ref _slabs[index >> Shift][index & Mask];

    /// <summary>The entry at <paramref name="index"/>, to be changed before anything else is done with the list.</summary>
    public ref T Edit(int index)
    {
        var slab = index >> Shift;
        if (_frozen[slab])
            Thaw(slab);
        return ref _slabs[slab][index & Mask];
    }

    public void Add(T value)
    {
        var slab = Count >> Shift;
        if (slab == _slabs.Length)
        {
            Array.Resize(ref _slabs, Math.Max(4, slab * 2));
            Array.Resize(ref _frozen, _slabs.Length);
        }
        _slabs[slab] ??= new T[SlabLength];
        if (_frozen[slab])
            Thaw(slab);
        _slabs[slab][Count++ & Mask] = value;
    }

    /// <summary>The list as it is now; later changes do not reach it. Any thread may read it.</summary>
    public FrozenList<T> Freeze()
    {
        var slabs = _slabs.AsSpan(0, (Count + Mask) >> Shift).ToArray();
        _frozen.AsSpan(0, slabs.Length).Fill(true);
        return new(slabs, Count);
    }

    private void Thaw(int slab)
    {
        _slabs[slab] = (T[])_slabs[slab].Clone();
        _frozen[slab] = false;
    }
}

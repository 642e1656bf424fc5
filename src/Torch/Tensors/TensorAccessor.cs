using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>A tensor's elements in row-major order, whatever its strides. It keeps the tensor alive, but not from being disposed.</summary>
/// <typeparam name="T">The .NET type of the elements.</typeparam>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly Tensor _tensor;
    private readonly T* _data;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;

    internal TensorAccessor(Tensor tensor)
    {
        _tensor = tensor;
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        _data = (T*)Interop.Native.rearm_data(tensor.Handle);
    }

    /// <summary>The number of elements.</summary>
    public long Count => _tensor.numel();

    /// <summary>Always false.</summary>
    public bool IsReadOnly => false;

    /// <summary>An element by its place in row-major order, or by its index in every dimension.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    public T this[params long[] indices]
    {
        get
        {
            var value = _data[OffsetOf(indices)];
            GC.KeepAlive(_tensor);
            return value;
        }
        set
        {
            _data[OffsetOf(indices)] = value;
            GC.KeepAlive(_tensor);
        }
    }

    /// <summary>A copy of the elements in row-major order.</summary>
    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    /// <summary>Copies elements, from the one at <paramref name="tensorIndex"/> on, until either side ends.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies elements, from the one at <paramref name="tensorIndex"/> on, until either side ends.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var target = array[arrayIndex..];
        var count = (int)Math.Min(target.Length, Count - tensorIndex);
        if (_contiguous)
            new ReadOnlySpan<T>(_data + tensorIndex, count).CopyTo(target);
        else
            for (var i = 0; i < count; i++)
                target[i] = _data[OffsetOf(tensorIndex + i)];
        GC.KeepAlive(_tensor);
    }

    /// <summary>Writes elements, from the one at <paramref name="tensorIndex"/> on, until either side ends.</summary>
    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <summary>Writes elements, from the one at <paramref name="tensorIndex"/> on, until either side ends.</summary>
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array[arrayIndex..];
        var count = (int)Math.Min(source.Length, Count - tensorIndex);
        if (_contiguous)
            source[..count].CopyTo(new Span<T>(_data + tensorIndex, count));
        else
            for (var i = 0; i < count; i++)
                _data[OffsetOf(tensorIndex + i)] = source[i];
        GC.KeepAlive(_tensor);
    }

    /// <summary>The elements in row-major order.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0, count = Count; i < count; i++)
            yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing to release: the tensor owns the memory.</summary>
    public void Dispose() { }

    private T At(long index)
    {
        var value = _data[OffsetOf(index)];
        GC.KeepAlive(_tensor);
        return value;
    }

    private long OffsetOf(long[] indices)
    {
        if (indices.Length == 1 && _shape.Length != 1)
            return OffsetOf(indices[0]);
        if (indices.Length != _shape.Length)
            throw new IndexOutOfRangeException($"{indices.Length} indices for {_shape.Length} dimensions.");
        long offset = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= _shape[i])
                throw new IndexOutOfRangeException($"Index {indices[i]} of dimension {i}, which has size {_shape[i]}.");
            offset += indices[i] * _strides[i];
        }
        return offset;
    }

    private long OffsetOf(long index)
    {
        if (index < 0 || index >= Count)
            throw new IndexOutOfRangeException($"Index {index} of {Count} elements.");
        if (_contiguous)
            return index;
        long offset = 0;
        for (var i = _shape.Length - 1; i >= 0; i--)
        {
            (index, var at) = Math.DivRem(index, _shape[i]);
            offset += at * _strides[i];
        }
        return offset;
    }
}

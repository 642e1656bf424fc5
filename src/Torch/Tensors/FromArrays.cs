// Tensors from .NET arrays; the elements are copied.
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A number.</summary>
    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false)
        => From<float>([scalar], [], null, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<float>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<float>(rawArray, dimensions, dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(IList<float> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<float>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(IList<float> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<float>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);
    /// <summary>A matrix from its elements in row-major order.</summary>
    public static Tensor tensor(IList<float> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<float>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);
    /// <summary>A matrix of these elements.</summary>
    public static Tensor tensor(float[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => from_array(rawArray, dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(Memory<float> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<float>(rawArray.Span, dimensions, dtype, device, requires_grad);
    /// <summary>A number.</summary>
    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => From<double>([scalar], [], dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<double>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<double>(rawArray, dimensions, dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(IList<double> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<double>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(IList<double> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<double>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);
    /// <summary>A matrix from its elements in row-major order.</summary>
    public static Tensor tensor(IList<double> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<double>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);
    /// <summary>A matrix of these elements.</summary>
    public static Tensor tensor(double[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => from_array(rawArray, dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(Memory<double> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<double>(rawArray.Span, dimensions, dtype, device, requires_grad);
    /// <summary>A number.</summary>
    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => From<long>([scalar], [], dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(long[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<long>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(long[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<long>(rawArray, dimensions, dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(IList<long> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<long>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(IList<long> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<long>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);
    /// <summary>A matrix from its elements in row-major order.</summary>
    public static Tensor tensor(IList<long> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<long>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);
    /// <summary>A matrix of these elements.</summary>
    public static Tensor tensor(long[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => from_array(rawArray, dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(Memory<long> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<long>(rawArray.Span, dimensions, dtype, device, requires_grad);
    /// <summary>A number.</summary>
    public static Tensor tensor(int scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => From<int>([scalar], [], dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<int>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(int[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<int>(rawArray, dimensions, dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(IList<int> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<int>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(IList<int> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<int>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);
    /// <summary>A matrix from its elements in row-major order.</summary>
    public static Tensor tensor(IList<int> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<int>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);
    /// <summary>A matrix of these elements.</summary>
    public static Tensor tensor(int[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => from_array(rawArray, dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(Memory<int> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<int>(rawArray.Span, dimensions, dtype, device, requires_grad);
    /// <summary>A number.</summary>
    public static Tensor tensor(byte scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => From<byte>([scalar], [], dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<byte>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<byte>(rawArray, dimensions, dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(IList<byte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<byte>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(IList<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<byte>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);
    /// <summary>A matrix from its elements in row-major order.</summary>
    public static Tensor tensor(IList<byte> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<byte>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);
    /// <summary>A matrix of these elements.</summary>
    public static Tensor tensor(byte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => from_array(rawArray, dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(Memory<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<byte>(rawArray.Span, dimensions, dtype, device, requires_grad);
    /// <summary>A number.</summary>
    public static Tensor tensor(bool scalar, Device? device = null, bool requires_grad = false)
        => From<bool>([scalar], [], null, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<bool>(rawArray, [rawArray.Length], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<bool>(rawArray, dimensions, dtype, device, requires_grad);
    /// <summary>A vector of these elements.</summary>
    public static Tensor tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<bool>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(IList<bool> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<bool>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);
    /// <summary>A matrix from its elements in row-major order.</summary>
    public static Tensor tensor(IList<bool> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<bool>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);
    /// <summary>A matrix of these elements.</summary>
    public static Tensor tensor(bool[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => from_array(rawArray, dtype, device, requires_grad);
    /// <summary>A tensor of this shape from its elements in row-major order.</summary>
    public static Tensor tensor(Memory<bool> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => From<bool>(rawArray.Span, dimensions, dtype, device, requires_grad);

    /// <summary>A tensor with the shape and the elements of an array of any rank.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    /// <summary>A tensor with the shape and the elements of an array of any rank.</summary>
    /// <exception cref="NotSupportedException">The type of the elements has no counterpart.</exception>
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var shape = new long[rawArray.Rank];
        for (var i = 0; i < shape.Length; i++)
            shape[i] = rawArray.GetLength(i);
        var element = rawArray.GetType().GetElementType()!;
        var size = MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(rawArray), rawArray.Length * SizeOf(TypeOf(element)));
        return FromBytes(size, TypeOf(element), shape, dtype, device, requires_grad);
    }

    private static Tensor From<T>(
        ReadOnlySpan<T> elements, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requires_grad) where T : unmanaged
    {
        long count = 1;
        foreach (var size in shape)
            count *= size;
        if (count != elements.Length)
            throw new ArgumentException($"A tensor of shape [{string.Join(", ", shape.ToArray())}] has {count} elements, {elements.Length} were given.");
        return FromBytes(MemoryMarshal.AsBytes(elements), TypeOf(typeof(T)), shape.ToArray(), dtype, device, requires_grad);
    }

    private static unsafe Tensor FromBytes(
        ReadOnlySpan<byte> elements, ScalarType type, long[] shape, ScalarType? dtype, Device? device, bool requires_grad)
    {
        var tensor = empty(shape, type);
        elements.CopyTo(new Span<byte>(tensor.DataPointer(), elements.Length));
        if ((dtype ?? type) != type || device is { type: not DeviceType.CPU })
        {
            var converted = tensor.to(dtype ?? type, device ?? CPU);
            tensor.Dispose();
            tensor = converted;
        }
        return Tracked(tensor, requires_grad);
    }

    private static ScalarType TypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Single => ScalarType.Float32,
        TypeCode.Double => ScalarType.Float64,
        TypeCode.Int64 => ScalarType.Int64,
        TypeCode.Int32 => ScalarType.Int32,
        TypeCode.Int16 => ScalarType.Int16,
        TypeCode.SByte => ScalarType.Int8,
        TypeCode.Byte => ScalarType.Byte,
        TypeCode.Boolean => ScalarType.Bool,
        _ => throw new NotSupportedException($"There are no tensors of {type}."),
    };
}

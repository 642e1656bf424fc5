using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>
/// One item's vector in one modality as it is kept: immutable, in half precision where that keeps its direction, in single precision otherwise; the
/// default value is "no vector". It is a reference, so states and snapshots share vectors and nobody copies them.
/// </summary>
public readonly struct ItemVector
{
    /// <summary>The greatest magnitude that half precision holds; a vector with a greater number is kept in single precision.</summary>
    public const float LargestHalf = 65504;

    /// <summary>
    /// The least greatest magnitude of a vector kept in half precision, 2^-8. Half precision has steps of 2^-24 near zero, so what is smaller altogether
    /// would lose its direction; from here on the rounding error of a whole vector is at most 0.1 % of its length (up to a width of 4096; 0.12 % at 8192).
    /// </summary>
    public const float SmallestHalf = 1f / 256;

    // Half[] or float[].
    private readonly Array? _values;

    private ItemVector(Array values) => _values = values;

    /// <summary>Whether there is a vector.</summary>
    public bool IsPresent => _values is not null;

    /// <summary>How it is kept.</summary>
    public VectorForm Form => _values switch
    {
        null => VectorForm.None,
        Half[] => VectorForm.Half,
        _ => VectorForm.Full,
    };

    /// <summary>Its width; 0 without a vector.</summary>
    public int Dimension => _values?.Length ?? 0;

    /// <summary>Its numbers as stored: little endian, in its <see cref="Form"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _values switch
    {
        Half[] halves => MemoryMarshal.AsBytes(halves.AsSpan()),
        float[] floats => MemoryMarshal.AsBytes(floats.AsSpan()),
        _ => [],
    };

    /// <summary>
    /// Keeps a copy of the numbers: in half precision if the greatest magnitude is 0 or from <see cref="SmallestHalf"/> to <see cref="LargestHalf"/>, in
    /// single precision otherwise. The same numbers are kept in the same form on every machine.
    /// </summary>
    /// <param name="values">The numbers, finite.</param>
    public static ItemVector Compact(ReadOnlySpan<float> values)
    {
        var greatest = values.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(values));
        // Not "is < or >": a NaN must not pass.
        if (greatest is not (0 or (>= SmallestHalf and <= LargestHalf)))
            return new(values.ToArray());
        var halves = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, halves);
        return new(halves);
    }

    /// <summary>Keeps these numbers exactly; the array is not copied and must not change any more.</summary>
    public static ItemVector Exact(float[] values) => new(values);

    /// <summary>Keeps these numbers exactly; the array is not copied and must not change any more.</summary>
    public static ItemVector Exact(Half[] values) => new(values);

    /// <summary>The vector that <see cref="Form"/> and <see cref="Bytes"/> describe.</summary>
    /// <exception cref="ContractException">There is no such form, or the bytes are not whole numbers of it.</exception>
    public static ItemVector Read(VectorForm form, ReadOnlySpan<byte> bytes) => form switch
    {
        VectorForm.None when bytes.IsEmpty => default,
        VectorForm.Half when bytes.Length % 2 == 0 => new(MemoryMarshal.Cast<byte, Half>(bytes).ToArray()),
        VectorForm.Full when bytes.Length % 4 == 0 => new(MemoryMarshal.Cast<byte, float>(bytes).ToArray()),
        _ => throw new ContractException($"A vector of form {(int)form} with {bytes.Length} bytes can't be read: 0 (none), 1 (half precision) and 2 (single precision) are known."),
    };

    /// <summary>Writes the numbers in single precision.</summary>
    /// <param name="destination">As wide as the vector; zeros are written if there is none.</param>
    /// <exception cref="ArgumentException">It has another width.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (_values is null)
        {
            destination.Clear();
            return;
        }
        if (destination.Length != _values.Length)
            throw new ArgumentException($"The vector has {_values.Length} numbers, the destination room for {destination.Length}.", nameof(destination));
        if (_values is Half[] halves)
            TensorPrimitives.ConvertToSingle(halves, destination);
        else
            ((float[])_values).CopyTo(destination);
    }
}

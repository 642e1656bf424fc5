using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>
/// A user's vector as it stands in Redis under the user's own key. In half precision all numbers of a vector share a power of two that puts the greatest at the
/// upper end of the range, so nothing overflows, and a number of at least 2^-28 of the greatest keeps 11 bits: its rounding error is at most 2^-11 of it; that
/// of a smaller one at most 2^-39 of the greatest.
/// </summary>
public static class UserVectorCodec
{
    // The precision, and the power of two.
    private const int HeaderBytes = 2;
    private const int ChecksumBytes = 4;

    // 2^15, to which a number just below may be rounded, is still in range; 2^16 is not.
    private const int GreatestExponent = 14;

    // So that 2^-e is a normal number. It is below what single precision can say of a vector shorter than 2^-112.
    private const int LeastPower = -126;

    private const int NumbersAtATime = 256;

    /// <summary>Bytes of a vector.</summary>
    /// <param name="dimension">Numbers in it.</param>
    /// <param name="precision">How they are stored.</param>
    public static int Length(int dimension, VectorPrecision precision) =>
        HeaderBytes + dimension * (precision == VectorPrecision.Half ? 2 : sizeof(float)) + ChecksumBytes;

    /// <summary>Writes a vector.</summary>
    /// <param name="vector">The numbers, by <see cref="VectorRules"/>.</param>
    /// <param name="precision">How to store them.</param>
    /// <param name="seed">The generation's <see cref="V1.GenerationManifest.VectorSeed"/>.</param>
    public static byte[] Write(ReadOnlySpan<float> vector, VectorPrecision precision, long seed)
    {
        var bytes = new byte[Length(vector.Length, precision)];
        bytes[0] = (byte)precision;
        var numbers = bytes.AsSpan(HeaderBytes, bytes.Length - HeaderBytes - ChecksumBytes);
        if (precision == VectorPrecision.Half)
            bytes[1] = (byte)WriteHalves(vector, MemoryMarshal.Cast<byte, Half>(numbers));
        else
            MemoryMarshal.AsBytes(vector).CopyTo(numbers);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - ChecksumBytes), Checksum(bytes, seed));
        return bytes;
    }

    /// <summary>Reads a vector.</summary>
    /// <param name="bytes">As stored.</param>
    /// <param name="seed">The generation's <see cref="V1.GenerationManifest.VectorSeed"/>.</param>
    /// <param name="vector">Takes the numbers, as many as the generation has.</param>
    /// <returns>False if it is damaged, of another width, of an unknown layout or another generation's: <paramref name="vector"/> is of no use.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, long seed, Span<float> vector)
    {
        if (bytes.IsEmpty || (VectorPrecision)bytes[0] is not (VectorPrecision.Half or VectorPrecision.Full)
            || bytes.Length != Length(vector.Length, (VectorPrecision)bytes[0])
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]) != Checksum(bytes, seed))
            return false;
        var numbers = bytes[HeaderBytes..^ChecksumBytes];
        if ((VectorPrecision)bytes[0] == VectorPrecision.Full)
        {
            numbers.CopyTo(MemoryMarshal.AsBytes(vector));
            return true;
        }
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(numbers), vector);
        TensorPrimitives.Multiply(vector, MathF.ScaleB(1, (sbyte)bytes[1]), vector);
        return true;
    }

    private static sbyte WriteHalves(ReadOnlySpan<float> vector, Span<Half> halves)
    {
        var greatest = vector.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(vector));
        var power = greatest == 0 ? 0 : Math.Max(LeastPower, Math.ILogB(greatest) - GreatestExponent);
        Span<float> scaled = stackalloc float[NumbersAtATime];
        for (var start = 0; start < vector.Length; start += NumbersAtATime)
        {
            var part = vector.Slice(start, Math.Min(NumbersAtATime, vector.Length - start));
            TensorPrimitives.Multiply(part, MathF.ScaleB(1, -power), scaled);
            TensorPrimitives.ConvertToHalf(scaled[..part.Length], halves[start..]);
        }
        return (sbyte)power;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes, long seed) => (uint)XxHash3.HashToUInt64(bytes[..^ChecksumBytes], seed);
}

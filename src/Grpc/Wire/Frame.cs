using System.Buffers;
using System.Buffers.Binary;

namespace Grpc.Wire;

/// <summary>The five bytes before every message: whether it is compressed, and its length, big-endian.</summary>
internal static class Frame
{
    public const int HeaderSize = 5;

    public static void WriteHeader(IBufferWriter<byte> destination, int length, bool compressed)
    {
        var header = destination.GetSpan(HeaderSize);
        header[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
        destination.Advance(HeaderSize);
    }

    /// <summary>Reads a header; false when <paramref name="buffer"/> does not hold one yet.</summary>
    public static bool TryReadHeader(in ReadOnlySequence<byte> buffer, out byte flag, out uint length)
    {
        flag = 0;
        length = 0;
        if (buffer.Length < HeaderSize)
            return false;
        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        flag = header[0];
        length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        return true;
    }
}

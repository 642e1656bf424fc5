using System.Buffers.Binary;
using Rearm.Streaming.Contracts;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>
/// A user's history in Redis: a hash with a field for each item, and the header in the field without a name. An item's value has 14 bytes, little endian: its
/// kind, the event types, 6 bytes each of time and offset.
/// </summary>
public static class HistoryCodec
{
    private const byte Positive = 1;
    private const byte Negative = 2;
    private const int TimeAt = 2;
    private const int OffsetAt = 8;
    private const int Length = 14;

    /// <summary>The field of the header; no item has an empty id.</summary>
    public static readonly RedisValue HeaderField = RedisValue.EmptyString;

    /// <summary>An item's value.</summary>
    /// <param name="touch">What the user did; its time and offset are 0 to 2^48 - 1.</param>
    public static byte[] Write(Touch touch)
    {
        var value = new byte[Length];
        value[0] = touch.IsNegative ? Negative : Positive;
        value[1] = touch.Types;
        Write48(value.AsSpan(TimeAt), touch.Time);
        Write48(value.AsSpan(OffsetAt), touch.Offset);
        return value;
    }

    /// <summary>What the user did with an item.</summary>
    /// <exception cref="ContractException">Malformed.</exception>
    public static Touch Read(string itemId, ReadOnlySpan<byte> value) => value.Length == Length && value[0] is Positive or Negative
        ? new(itemId, Read48(value[TimeAt..]), value[0] == Negative, value[1], Read48(value[OffsetAt..]))
        : throw new ContractException($"What a user did with item \"{itemId}\" has {value.Length} bytes of which {Length} of kind 1 or 2 are needed: restart the GraphBuilder, which writes all again.");

    private static void Write48(Span<byte> to, long value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)value);
        BinaryPrimitives.WriteUInt16LittleEndian(to[sizeof(uint)..], (ushort)(value >> 32));
    }

    private static long Read48(ReadOnlySpan<byte> from) =>
        BinaryPrimitives.ReadUInt32LittleEndian(from) | (long)BinaryPrimitives.ReadUInt16LittleEndian(from[sizeof(uint)..]) << 32;
}

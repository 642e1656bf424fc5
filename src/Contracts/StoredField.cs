using Google.Protobuf;

namespace Rearm.Streaming.Contracts;

/// <summary>A field of a stored protobuf message that is too large to be copied, as parsing does.</summary>
internal static class StoredField
{
    // A number of 64 bits, 7 in a byte.
    private const int MaxNumberBytes = 10;

    /// <summary>Where a field of bytes, a string or a message is.</summary>
    /// <param name="bytes">The message that has it, as stored.</param>
    /// <param name="number">The field's number.</param>
    /// <param name="what">What the message is, for the error.</param>
    /// <returns>The first such field as a whole, and its content; both empty, at the end, if there is none.</returns>
    /// <exception cref="ContractException">Malformed.</exception>
    public static (Range Field, Range Content) Find(ReadOnlySpan<byte> bytes, int number, string what)
    {
        for (var place = 0; place < bytes.Length;)
        {
            var start = place;
            if (!TryReadNumber(bytes, ref place, out var tag) || !TryReadLength(bytes, ref place, (WireFormat.WireType)(tag & 7), out var length))
                throw new ContractException($"The {bytes.Length} bytes are not a {what}: the field at {start} is cut off or of an unknown kind.");
            var content = place..(place + length);
            place += length;
            if (tag == WireFormat.MakeTag(number, WireFormat.WireType.LengthDelimited))
                return (start..place, content);
        }
        return (bytes.Length..bytes.Length, bytes.Length..bytes.Length);
    }

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, ref int place, WireFormat.WireType type, out int length)
    {
        ulong needed = type switch
        {
            WireFormat.WireType.Fixed32 => sizeof(uint),
            WireFormat.WireType.Fixed64 => sizeof(ulong),
            WireFormat.WireType.Varint when TryReadNumber(bytes, ref place, out _) => 0,
            WireFormat.WireType.LengthDelimited when TryReadNumber(bytes, ref place, out var number) => number,
            _ => ulong.MaxValue,
        };
        length = needed <= (ulong)(bytes.Length - place) ? (int)needed : 0;
        return needed <= (ulong)(bytes.Length - place);
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> bytes, ref int place, out ulong number)
    {
        number = 0;
        for (var index = 0; index < MaxNumberBytes && place < bytes.Length; index++)
        {
            var part = bytes[place++];
            number |= (ulong)(part & 0x7f) << 7 * index;
            if (part < 0x80)
                return true;
        }
        return false;
    }
}

using System.Buffers;
using System.Buffers.Binary;
using Rearm.Streaming.Contracts.Events;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// The fields of an interaction that the graphs need, read straight from a record's bytes: nothing is allocated. It takes only what is plainly in
/// order (version 1, printable ASCII, each field once, no attributes) and leaves everything else to the full parser and the full rules, which say
/// what is wrong if anything is.
/// </summary>
internal readonly ref struct InteractionFields
{
    private static readonly SearchValues<byte> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    /// <summary>Tags of InteractionEvent: number and wire type.</summary>
    private const uint VersionTag = 1 << 3, InteractionTag = 2 << 3 | 2;

    /// <summary>Tags of Interaction.</summary>
    private const uint EventIdTag = 1 << 3 | 2, UserIdTag = 2 << 3 | 2, ItemIdTag = 3 << 3 | 2, TypeTag = 4 << 3 | 2, WeightTag = 5 << 3 | 5, TimeTag = 6 << 3 | 2,
        SessionIdTag = 7 << 3 | 2;

    /// <summary>Tags of Timestamp.</summary>
    private const uint SecondsTag = 1 << 3, NanosTag = 2 << 3;

    private InteractionFields(ReadOnlySpan<byte> userId, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> type, float weight, long time)
    {
        UserId = userId;
        ItemId = itemId;
        Type = type;
        Weight = weight;
        Time = time;
    }

    public ReadOnlySpan<byte> UserId { get; }

    public ReadOnlySpan<byte> ItemId { get; }

    public ReadOnlySpan<byte> Type { get; }

    /// <summary>1 where the event has none.</summary>
    public float Weight { get; }

    /// <summary>Unix milliseconds; not checked against any clock.</summary>
    public long Time { get; }

    /// <summary>Reads the value of a record; false if it is anything but a plain interaction.</summary>
    /// <param name="value">The record's value.</param>
    /// <param name="written">The record's time, Unix milliseconds.</param>
    /// <param name="fields">The fields.</param>
    public static bool TryRead(ReadOnlySpan<byte> value, long written, out InteractionFields fields)
    {
        fields = default;
        if (value.Length < 4 || value[0] != VersionTag || value[1] != EventCodec.Version || value[2] != InteractionTag)
            return false;
        var left = value[3..];
        if (!TryVarint(ref left, out var length) || length != (ulong)left.Length)
            return false;

        ReadOnlySpan<byte> eventId = default, user = default, item = default, type = default, session = default, time = default;
        var weight = 1f;
        var last = 0u;
        while (left.Length > 0)
        {
            // Fields in ascending order are fields that come once.
            uint tag = left[0];
            left = left[1..];
            if (tag <= last)
                return false;
            last = tag;
            if (tag == WeightTag)
            {
                if (left.Length < sizeof(float))
                    return false;
                weight = BinaryPrimitives.ReadSingleLittleEndian(left);
                left = left[sizeof(float)..];
                continue;
            }
            if (!TryVarint(ref left, out length) || length > (ulong)left.Length)
                return false;
            var field = left[..(int)length];
            left = left[(int)length..];
            switch (tag)
            {
                case EventIdTag: eventId = field; break;
                case UserIdTag: user = field; break;
                case ItemIdTag: item = field; break;
                case TypeTag: type = field; break;
                case TimeTag: time = field; break;
                case SessionIdTag: session = field; break;
                default: return false;
            }
        }
        if (!IsPlain(eventId, EventRules.MaxEventIdBytes) || !IsPlain(user, EventRules.MaxIdBytes) || !IsPlain(item, EventRules.MaxIdBytes)
            || !IsName(type) || weight is not (> 0 and <= EventRules.MaxWeight) || !TryTime(time, written, out var milliseconds)
            || !(session.IsEmpty || IsPlain(session, EventRules.MaxIdBytes)))
            return false;
        fields = new(user, item, type, weight, milliseconds);
        return true;
    }

    private static bool TryTime(ReadOnlySpan<byte> timestamp, long written, out long milliseconds)
    {
        var (seconds, nanos) = (0UL, 0UL);
        milliseconds = 0;
        if (timestamp.IsEmpty)
            return false;
        if (timestamp[0] == SecondsTag)
        {
            timestamp = timestamp[1..];
            if (!TryVarint(ref timestamp, out seconds))
                return false;
        }
        if (!timestamp.IsEmpty && timestamp[0] == NanosTag)
        {
            timestamp = timestamp[1..];
            if (!TryVarint(ref timestamp, out nanos))
                return false;
        }
        // Negative numbers are huge ones here.
        if (!timestamp.IsEmpty || nanos > 999_999_999 || seconds > (ulong)((written + (long)EventRules.MaxAhead.TotalMilliseconds) / 1000))
            return false;
        milliseconds = (long)(seconds * 1000 + nanos / 1_000_000);
        return true;
    }

    private static bool IsPlain(ReadOnlySpan<byte> id, int maxBytes) => id.Length > 0 && id.Length <= maxBytes && !id.ContainsAnyExceptInRange((byte)' ', (byte)'~');

    private static bool IsName(ReadOnlySpan<byte> name) => name.Length is > 0 and <= EventRules.MaxNameLength && !name.ContainsAnyExcept(NameCharacters);

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}

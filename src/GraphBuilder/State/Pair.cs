using System.Runtime.InteropServices;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// What is known of a user and an item, 20 bytes: a register in which the newest event time wins. Of several positive events since the last
/// negative one the greatest weight counts, and their types add up, so repeats and duplicates change nothing, whatever order they come in.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Pair
{
    // Instead of a weight, which is above 0.
    private const float Negative = 0;
    private const float Retracted = -1;

    // Milliseconds up to the year 9999 take 48 bits; 40 are a partition of 10^12 records.
    private readonly float _weight;
    private readonly uint _time;
    private readonly uint _offset;
    private readonly ushort _timeHigh;
    private readonly byte _offsetHigh;

    /// <param name="item">The item's int.</param>
    /// <param name="kind">What the event makes of the pair.</param>
    /// <param name="weight">Above 0; of no meaning for what is not positive.</param>
    /// <param name="time">Unix milliseconds, 0 to 2^48 - 1.</param>
    /// <param name="types">The bit of the event's type (<see cref="EventTypes.Names"/>); 0 if it has none.</param>
    /// <param name="offset">Of the event in its partition, 0 to 2^40 - 1.</param>
    public Pair(int item, PairKind kind, float weight, long time, byte types = 0, long offset = 0)
    {
        (Item, Types) = (item, types);
        (_time, _timeHigh) = ((uint)time, (ushort)(time >> 32));
        (_offset, _offsetHigh) = ((uint)offset, (byte)(offset >> 32));
        _weight = kind switch { PairKind.Positive => weight, PairKind.Negative => Negative, _ => Retracted };
    }

    // The order of fields is that of the declarations: this one fills up four bytes.
    /// <summary>The types of the positive events since the last negative one, a bit each.</summary>
    public byte Types { get; init; }

    /// <summary>The item's int.</summary>
    public int Item { get; init; }

    /// <summary>Time of the newest event that counts, Unix milliseconds.</summary>
    public long Time => (long)_timeHigh << 32 | _time;

    /// <summary>
    /// The offset, in the user's partition, of the event that last changed what graphs show of the pair: a snapshot that reflects the log beyond it has
    /// learned the pair as it is. Not moved by an event that adds nothing but its type.
    /// </summary>
    public long Offset => (long)_offsetHigh << 32 | _offset;

    public PairKind Kind => _weight > 0 ? PairKind.Positive : _weight < 0 ? PairKind.Retracted : PairKind.Negative;

    /// <summary>The greatest weight since the last negative event; 0 for a pair that is not positive.</summary>
    public float Weight => Math.Max(0, _weight);

    public bool IsPositive => _weight > 0;

    /// <summary>The pair as if it had been read before all that the log holds.</summary>
    public Pair WithoutOffset() => new(Item, Kind, _weight, Time, Types);

    /// <summary>The pair after one more event about it.</summary>
    public Pair With(Pair next)
    {
        if (next.Kind != Kind)
            return next.Time != Time ? next.Time > Time ? next : this : next.Kind > Kind ? next : this;
        var (weight, time) = (Math.Max(Weight, next.Weight), Math.Max(Time, next.Time));
        return new(Item, Kind, weight, time, (byte)(Types | next.Types), weight == Weight && time == Time ? Offset : next.Offset);
    }
}

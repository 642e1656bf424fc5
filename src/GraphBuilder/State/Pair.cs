namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// What is known of a user and an item, 16 bytes: a register in which the newest event time wins. Of several positive events since the last
/// negative one the greatest weight counts, so repeats and duplicates change nothing, whatever order they come in.
/// </summary>
internal readonly record struct Pair
{
    // Instead of a weight, which is above 0.
    private const float Negative = 0;
    private const float Retracted = -1;

    private readonly float _weight;

    public Pair(int item, PairKind kind, float weight, long time)
    {
        (Item, Time) = (item, time);
        _weight = kind switch { PairKind.Positive => weight, PairKind.Negative => Negative, _ => Retracted };
    }

    /// <summary>The item's int.</summary>
    public int Item { get; }

    /// <summary>Time of the newest event that counts, Unix milliseconds.</summary>
    public long Time { get; }

    public PairKind Kind => _weight > 0 ? PairKind.Positive : _weight < 0 ? PairKind.Retracted : PairKind.Negative;

    /// <summary>The greatest weight since the last negative event; 0 for a pair that is not positive.</summary>
    public float Weight => Math.Max(0, _weight);

    public bool IsPositive => _weight > 0;

    /// <summary>The pair after one more event about it.</summary>
    public Pair With(Pair next) =>
        next.Kind == Kind ? new(Item, Kind, Math.Max(Weight, next.Weight), Math.Max(Time, next.Time))
        : next.Time != Time ? next.Time > Time ? next : this
        : next.Kind > Kind ? next : this;
}

using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// The newest event of a pair: a register in which the last writer wins, by (time, stable hash of the event's id, weight). The order is
/// total, so any order of delivery, with any repetition, ends at the same value.
/// </summary>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="EventHash"><see cref="StableHash"/> of the event's id.</param>
/// <param name="Weight">Weight of the event.</param>
internal readonly record struct PairTouch(long Time, ulong EventHash, float Weight)
{
    public bool IsNewerThan(PairTouch other) =>
        Time != other.Time ? Time > other.Time
        : EventHash != other.EventHash ? EventHash > other.EventHash
        : Weight > other.Weight;
}

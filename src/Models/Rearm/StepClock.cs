using System.Diagnostics;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>Takes the times of one training step's phases, which follow each other.</summary>
internal sealed class StepClock
{
    private long _phaseStart = Stopwatch.GetTimestamp();

    /// <summary>The phases that have ended so far.</summary>
    internal StepSeconds Seconds { get; private set; }

    /// <summary>A phase ends now, and the next begins.</summary>
    /// <param name="add">Puts its seconds where they belong.</param>
    internal void Ends(Func<StepSeconds, double, StepSeconds> add)
    {
        var now = Stopwatch.GetTimestamp();
        Seconds = add(Seconds, Stopwatch.GetElapsedTime(_phaseStart, now).TotalSeconds);
        _phaseStart = now;
    }
}

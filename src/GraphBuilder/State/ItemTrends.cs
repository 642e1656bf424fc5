namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// Per item, how many users it has had lately: each of them counts half as much for every half-life since the pair's newest event. What is
/// kept is the sum of 2^((time - landmark) / half-life), which no passing of time changes; so a change costs an addition, and the counts are what the pairs
/// make them, in whatever order they came.
/// </summary>
/// <param name="halfLife">After so long a user counts half.</param>
internal sealed class ItemTrends(TimeSpan halfLife)
{
    /// <summary>The half-life unless configured.</summary>
    public static readonly TimeSpan DefaultHalfLife = TimeSpan.FromDays(7);

    // Beyond that many half-lives after the landmark, the sums would overflow before long.
    private const double MaxHalfLives = 500;

    private readonly List<double> _sums = [];
    private long _landmark = -1;

    /// <summary>The time of a user's pair with an item has changed.</summary>
    /// <param name="item">The item.</param>
    /// <param name="before">Unix milliseconds; -1 if there was none that counts.</param>
    /// <param name="after">Unix milliseconds; -1 if there is none any more.</param>
    public void Change(int item, long before, long after)
    {
        if (before == after)
            return;
        if (_landmark < 0 || HalfLives(after) > MaxHalfLives)
            MoveLandmark(Math.Max(before, after));
        while (_sums.Count <= item)
            _sums.Add(0);
        // Taking out what was put in may leave a trace of rounding.
        _sums[item] = Math.Max(0, _sums[item] + Weight(after) - Weight(before));
    }

    /// <summary>Each item's users as of a time.</summary>
    /// <param name="time">Unix milliseconds.</param>
    /// <param name="share">What each user stands for: more than one where only some of the users are counted here.</param>
    public float[] At(long time, double share = 1)
    {
        // Before the landmark, after the newest events have been taken away, what rounding has left of them would grow.
        var scale = _landmark < 0 ? 0 : share * double.Exp2(-Math.Max(0, HalfLives(time)));
        var counts = new float[_sums.Count];
        for (var item = 0; item < counts.Length; item++)
            counts[item] = (float)(_sums[item] * scale);
        return counts;
    }

    private void MoveLandmark(long landmark)
    {
        var scale = _landmark < 0 ? 0 : double.Exp2((_landmark - landmark) / halfLife.TotalMilliseconds);
        for (var item = 0; item < _sums.Count; item++)
            _sums[item] *= scale;
        _landmark = landmark;
    }

    private double Weight(long time) => time < 0 ? 0 : double.Exp2(HalfLives(time));

    private double HalfLives(long time) => (time - _landmark) / halfLife.TotalMilliseconds;
}

namespace Rearm.Streaming.ServiceDefaults.Progress;

/// <summary>How far work has come, how fast it goes, and how long the rest takes if it goes on like that. Any thread may report and read.</summary>
/// <param name="time">The clock; the work begins now.</param>
/// <param name="what">The work, e.g. "Cutting user_interest:image".</param>
/// <param name="unit">What is counted, in the plural.</param>
/// <param name="total">How many there are; 0: that is not known.</param>
/// <param name="done">What was done before, and tells nothing of how fast this goes.</param>
public sealed class Pace(TimeProvider time, string what, string unit, long total, long done = 0) : IProgress<long>
{
    // As good as never, and far from the longest time that there is.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(100_000);

    private readonly long _started = time.GetTimestamp();
    private readonly long _before = done;
    private long _done = done;

    /// <summary>The work.</summary>
    public string What => what;

    /// <summary>What is counted.</summary>
    public string Unit => unit;

    /// <summary>How many there are; 0: that is not known.</summary>
    public long Total => total;

    /// <summary>How many are done.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Since the work began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <summary>Done a second, since the work began; 0 before anything is.</summary>
    public double PerSecond => Elapsed.TotalSeconds is > 0 and var seconds ? (Done - _before) / seconds : 0;

    /// <summary>For the rest, if it goes on like this; null: nothing tells yet.</summary>
    public TimeSpan? Left => total > 0 && PerSecond is > 0 and var rate ? TimeFor(Math.Max(0, total - Done), rate) : null;

    /// <summary>How long so many take.</summary>
    /// <param name="count">How many.</param>
    /// <param name="perSecond">Done a second, above 0.</param>
    /// <returns>At most 100,000 days.</returns>
    public static TimeSpan TimeFor(long count, double perSecond) => TimeSpan.FromSeconds(Math.Min(count / perSecond, Longest.TotalSeconds));

    /// <summary>Says how many are done by now.</summary>
    public void Report(long value) => Interlocked.Exchange(ref _done, value);

    /// <summary>E.g. "12,000 of 40,000 items, 2,400 a second, 12 s left".</summary>
    public override string ToString()
    {
        var count = total > 0 ? Text($"{Done:N0} of {total:N0} {unit}") : Done > 0 ? Text($"{Done:N0} {unit}") : "";
        var rate = PerSecond > 0 ? Text(PerSecond) : Text($"{Text(Elapsed)} so far");
        return string.Join(", ", new[] { count, rate, Left is { } left ? Text($"{Text(left)} left") : "" }.Where(part => part.Length > 0));
    }

    /// <summary>A time as people say it: 45 s, 12 min, 3 h 5 min. Seconds are rounded up: nothing that is left takes no time.</summary>
    public static string Text(TimeSpan time) => time.TotalSeconds < 99.5 ? Text($"{Math.Ceiling(time.TotalSeconds):0} s")
        : time.TotalMinutes < 99.5 ? Text($"{time.TotalMinutes:0} min")
        : Text($"{(long)Math.Round(time.TotalMinutes) / 60} h {(long)Math.Round(time.TotalMinutes) % 60} min");

    // Epochs and the like take minutes.
    private static string Text(double perSecond) => perSecond switch
    {
        >= 10 => Text($"{perSecond:N0} a second"),
        >= 1 => Text($"{perSecond:0.#} a second"),
        >= 10 / 60.0 => Text($"{perSecond * 60:0} a minute"),
        _ => Text($"{perSecond * 60:0.##} a minute"),
    };

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

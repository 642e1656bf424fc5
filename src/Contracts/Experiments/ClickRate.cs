using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Experiments;

/// <summary>
/// Clicks per item shown, with Wilson's interval: unlike the normal one it stays within 0 and 1, and says something of few or no clicks.
/// </summary>
/// <param name="Rate">Clicks / shown.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct ClickRate(double Rate, double Low, double High)
{
    // Of the normal distribution, 95% is within so many standard deviations.
    private const double Deviations = 1.959964;

    /// <summary>Of some counts; null if nothing was shown.</summary>
    /// <param name="clicks">Items clicked, at most <paramref name="shown"/>.</param>
    /// <param name="shown">Items shown.</param>
    public static ClickRate? Of(long clicks, long shown)
    {
        if (shown <= 0)
            return null;
        const double Square = Deviations * Deviations;
        var (n, rate) = ((double)shown, (double)clicks / shown);
        var middle = (rate + Square / (2 * n)) / (1 + Square / n);
        var half = Deviations / (1 + Square / n) * Math.Sqrt(rate * (1 - rate) / n + Square / (4 * n * n));
        return new(rate, Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    /// <summary>Counts with their rate.</summary>
    public static ClickFigures Describe(ArmCounts counts)
    {
        var figures = new ClickFigures { Counts = counts };
        if (Of(counts.Clicks, counts.Shown) is { } rate)
            (figures.Rate, figures.Low, figures.High) = (rate.Rate, rate.Low, rate.High);
        return figures;
    }

    /// <summary>
    /// By how many standard deviations of the difference one rate is above another, if both were the same (the two-proportion z-test); 0 where nothing can be
    /// said.
    /// </summary>
    public static double Deviation(ArmCounts one, ArmCounts other)
    {
        if (one.Shown == 0 || other.Shown == 0)
            return 0;
        var pooled = (double)(one.Clicks + other.Clicks) / (one.Shown + other.Shown);
        var deviation = Math.Sqrt(pooled * (1 - pooled) * (1.0 / one.Shown + 1.0 / other.Shown));
        return deviation == 0 ? 0 : ((double)one.Clicks / one.Shown - (double)other.Clicks / other.Shown) / deviation;
    }
}

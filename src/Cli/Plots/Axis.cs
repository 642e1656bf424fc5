using System.Globalization;

namespace Rearm.Streaming.Cli.Plots;

/// <summary>A linear axis that begins and ends at a tick.</summary>
/// <param name="First">The first tick.</param>
/// <param name="Step">From tick to tick: 1, 2 or 5 times a power of ten.</param>
/// <param name="Count">Ticks, at least two.</param>
internal readonly record struct Axis(double First, double Step, int Count)
{
    /// <summary>The ticks.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            var (first, step) = (First, Step);
            // Rounded, so that 3 * 0.1 is 0.3.
            return Enumerable.Range(0, Count).Select(n => Math.Round((first + n * step) / step) * step);
        }
    }

    /// <summary>An axis of few ticks that all finite values fit on; from 0 to 1 if there are none.</summary>
    /// <param name="values">What it has to hold.</param>
    /// <param name="intervals">About so many, at most.</param>
    /// <param name="whole">Ticks are whole numbers.</param>
    public static Axis For(IEnumerable<double> values, int intervals, bool whole = false)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).ToList();
        var (low, high) = double.IsNaN(finite[0]) ? (0.0, 1.0) : (finite.Min(), finite.Max());
        // A constant is drawn in the middle.
        if (high - low <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            var room = low == 0 || whole ? 1 : Math.Abs(low) / 2;
            (low, high) = (low - room, high + room);
        }
        var step = Nice((high - low) / intervals);
        if (whole)
            step = Math.Max(1, step);
        var (first, last) = (Math.Floor(low / step), Math.Ceiling(high / step));
        return new(first * step, step, Math.Max(2, (int)(last - first) + 1));
    }

    /// <summary>Where a value lies on the axis: 0 at its beginning, 1 at its end.</summary>
    public double Share(double value) => (value - First) / (Step * (Count - 1));

    /// <summary>A tick with as many digits as the step has.</summary>
    public string Text(double tick) => Math.Abs(tick) is >= 1e6 or (> 0 and < 1e-4)
        ? tick.ToString("0.##e0", CultureInfo.InvariantCulture)
        : tick.ToString($"F{Math.Clamp(-(int)Math.Floor(Math.Log10(Step) + 1e-9), 0, 9)}", CultureInfo.InvariantCulture);

    private static double Nice(double atLeast)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return power * ((atLeast / power) switch
        {
            <= 1 + 1e-9 => 1,
            <= 2 + 1e-9 => 2,
            <= 5 + 1e-9 => 5,
            _ => 10,
        });
    }
}

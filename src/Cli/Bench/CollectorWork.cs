using System.Globalization;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>What a garbage collector has done.</summary>
/// <param name="PauseMs">Milliseconds for which it stopped all threads, in all.</param>
/// <param name="Young">Collections of the generations 0 and 1.</param>
/// <param name="Full">Collections of generation 2, in the background or not.</param>
internal readonly record struct CollectorWork(double PauseMs, double Young, double Full)
{
    /// <summary>As .NET's own meter says on <c>/metrics</c>.</summary>
    public static CollectorWork Of(string metrics) => new(
        1000 * Sum(metrics, "dotnet_gc_pause_time_seconds_total", ""),
        Sum(metrics, "dotnet_gc_collections_total", "\"gen0\"") + Sum(metrics, "dotnet_gc_collections_total", "\"gen1\""),
        Sum(metrics, "dotnet_gc_collections_total", "\"gen2\""));

    public static CollectorWork operator -(CollectorWork after, CollectorWork before) =>
        new(after.PauseMs - before.PauseMs, after.Young - before.Young, after.Full - before.Full);

    private static double Sum(string metrics, string name, string label) => metrics.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf("} ", StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
}

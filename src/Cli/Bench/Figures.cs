using System.Globalization;
using System.Text.Json;
using Rearm.Streaming.Cli.Plots;
using Rearm.Streaming.Contracts;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>What a benchmark measured: printed as it comes, and written as JSON, and as a plot, at the end.</summary>
/// <param name="console">Where it is printed.</param>
/// <param name="progress">Asked for what takes long; null: nobody wants to know.</param>
internal sealed class Figures(IAnsiConsole console, ProgressOf? progress = null)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly SortedDictionary<string, double> _values = new(StringComparer.Ordinal);
    private readonly List<(string Panel, string Line, double X, double Y)> _points = [];
    private readonly List<(string Panel, Bar Bar)> _bars = [];

    /// <summary>What was measured, by name.</summary>
    public IReadOnlyDictionary<string, double> Values => _values;

    /// <summary>To be asked for what takes long.</summary>
    public ProgressOf? Progress => progress;

    public void Add(string name, double value, string unit)
    {
        _values[name] = value;
        console.WriteLine($"{name,-40} {value.ToString(value >= 100 ? "N0" : "0.####", CultureInfo.InvariantCulture),14} {unit}");
    }

    /// <summary>Says what is not measured and why.</summary>
    public void Skip(string name, string reason) => console.WriteLine($"{name,-40} {"not measured",14} {reason}");

    public void Say(string text) => console.WriteLine(text);

    /// <summary>Work goes on to its next step.</summary>
    /// <param name="what">The step.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="total">How many there are; 0: that is not known.</param>
    /// <returns>Told how many are done; null: nobody wants to know.</returns>
    public IProgress<long>? Begin(string what, string unit = "", long total = 0) => progress?.Invoke(what, unit, total);

    /// <summary>A point for the plot.</summary>
    public void Point(string panel, string line, double x, double y) => _points.Add((panel, line, x, y));

    /// <summary>A bar for the plot.</summary>
    public void Bar(string panel, string group, string name, double value) => _bars.Add((panel, new(group, name, value)));

    /// <summary>Whether there are points to draw.</summary>
    public bool HasPoints => _points.Count > 0;

    /// <summary>Whether there are bars to draw.</summary>
    public bool HasBars => _bars.Count > 0;

    /// <summary>The points as a plot, panels and lines in the order in which they came.</summary>
    public LinePlot Lines(string title, string xLabel) => new(title, xLabel,
    [
        .. _points.GroupBy(point => point.Panel).Select(panel => new LinePanel(panel.Key,
        [
            .. panel.GroupBy(point => point.Line)
                .Select(line => new Line(line.Key, [.. line.Select(point => (point.X, point.Y)).OrderBy(point => point.X)])),
        ])),
    ]);

    /// <summary>The bars as a plot.</summary>
    public BarPlot Bars(string title, string xLabel) =>
        new(title, xLabel, [.. _bars.GroupBy(bar => bar.Panel).Select(panel => new BarPanel(panel.Key, [.. panel.Select(bar => bar.Bar)]))]);

    /// <summary>Writes {"figures":{name: number}}.</summary>
    public Task WriteAsync(string path, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { figures = _values }, Indented), cancellationToken);
}

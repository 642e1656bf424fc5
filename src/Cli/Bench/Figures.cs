using System.Globalization;
using System.Text.Json;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>What a benchmark measured: printed as it comes, and written as JSON at the end.</summary>
/// <param name="output">Where it is printed.</param>
internal sealed class Figures(TextWriter output)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly SortedDictionary<string, double> _values = new(StringComparer.Ordinal);

    /// <summary>What was measured, by name.</summary>
    public IReadOnlyDictionary<string, double> Values => _values;

    public void Add(string name, double value, string unit)
    {
        _values[name] = value;
        output.WriteLine($"{name,-40} {value.ToString(value >= 100 ? "N0" : "0.####", CultureInfo.InvariantCulture),14} {unit}");
    }

    /// <summary>Says what is not measured and why.</summary>
    public void Skip(string name, string reason) => output.WriteLine($"{name,-40} {"not measured",14} {reason}");

    public void Say(string text) => output.WriteLine(text);

    /// <summary>Writes {"figures":{name: number}}.</summary>
    public Task WriteAsync(string path, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { figures = _values }, Indented), cancellationToken);
}

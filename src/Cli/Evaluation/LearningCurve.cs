using System.Text.Json;
using Rearm.Streaming.Cli.Plots;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Evaluation;

/// <summary>Loss and validation metrics by epoch, for a file. The models of a blend train one after the other, and each has a curve.</summary>
/// <param name="title">Says which run it is.</param>
/// <param name="models">Names of the models that train in epochs, in their order.</param>
internal sealed class LearningCurve(string title, IReadOnlyList<string> models) : IProgress<TrainingProgress>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<List<TrainingProgress>> _runs = [];

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (_runs.Count == 0 || value.Epoch <= _runs[^1][^1].Epoch)
            _runs.Add([]);
        _runs[^1].Add(value);
    }

    /// <summary>Writes it as the file's name says.</summary>
    /// <param name="path">Ends in .svg or .json.</param>
    /// <param name="cancellation">Stops writing.</param>
    public Task WriteAsync(string path, CancellationToken cancellation) =>
        File.WriteAllTextAsync(path, Path.GetExtension(path) == ".svg" ? Plot().ToSvg() : Json(), cancellation);

    private LinePlot Plot() => new(title, "epoch",
    [
        new("loss", Lines("loss", epoch => epoch.Loss)),
        new("validation", [.. Metrics().SelectMany(name => Lines(name, epoch => Metric(epoch, name)))]),
    ])
    {
        WholeX = true,
    };

    private Line[] Lines(string name, Func<TrainingProgress, double> value) => [.. _runs.Select((run, n) => new Line(
        _runs.Count == 1 ? name : $"{name}, {models[n]}", [.. run.Select(epoch => ((double)epoch.Epoch, value(epoch)))]))];

    private IEnumerable<string> Metrics() => _runs.SelectMany(run => run).FirstOrDefault()?.Validation?.ToDictionary().Keys ?? [];

    private static double Metric(TrainingProgress epoch, string name) => epoch.Validation?.ToDictionary()[name] ?? double.NaN;

    private string Json() => JsonSerializer.Serialize(_runs.SelectMany((run, n) => run.Select(epoch => Fields(models[n], epoch))), Indented);

    private static Dictionary<string, object> Fields(string model, TrainingProgress epoch)
    {
        var fields = new Dictionary<string, object> { ["model"] = model, ["epoch"] = epoch.Epoch, ["loss"] = epoch.Loss, ["seconds"] = epoch.Seconds };
        foreach (var (name, value) in epoch.Validation?.ToDictionary() ?? new Dictionary<string, double>())
            fields[name] = value;
        return fields;
    }
}

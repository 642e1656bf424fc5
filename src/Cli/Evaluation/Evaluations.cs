using Rearm.Streaming.Contracts;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Evaluation;

/// <summary>Evaluates models on a data set and tells the results; each method gives them as JSON.</summary>
/// <param name="data">The data set.</param>
/// <param name="settings">Of the models.</param>
/// <param name="cutOffs">How many of a ranking's first items count, besides 10 and 20.</param>
/// <param name="console">Where results are told.</param>
/// <param name="progress">Asked for what takes long.</param>
internal sealed class Evaluations(Dataset data, ModelSettings settings, IReadOnlyList<int> cutOffs, IAnsiConsole console, ProgressOf progress)
{
    private (GraphSettings Settings, TrainingData Data)? _cut;

    /// <summary>One model, with a line per epoch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="curve">Also told of each epoch.</param>
    /// <param name="cancellation">Stops the work.</param>
    public async Task<string> OneAsync(ModelDefinition model, LearningCurve? curve, CancellationToken cancellation)
    {
        var result = await RunAsync(model, settings, curve, cancellation);
        foreach (var line in EvaluationReport.Lines(result))
            console.WriteLine(line);
        return EvaluationReport.Json(data.Name, model.Name, settings.Seed, result);
    }

    /// <summary>Every model, those first that take seconds, and a table of them. A model that the data does not suit is left out, with the reason.</summary>
    /// <param name="plot">A file that recall is drawn to; null: none.</param>
    /// <param name="cancellation">Stops the work.</param>
    public async Task<string> AllAsync(string? plot, CancellationToken cancellation)
    {
        var results = new List<(string Model, OfflineResult Result)>();
        var left = new List<string>();
        foreach (var model in ModelCatalogue.All.Reverse())
        {
            console.WriteLine(model.Name);
            try
            {
                results.Add((model.Name, await RunAsync(model, settings with { Preset = model.Presets.Contains(settings.Preset) ? settings.Preset : null }, null, cancellation)));
            }
            // What is wrong with the settings is wrong for all of them.
            catch (Exception e) when (e is TrainingException or UnsuitableDataException)
            {
                left.Add($"{model.Name}: {e.Message}");
            }
        }
        foreach (var line in EvaluationReport.Table(results))
            console.WriteLine(line);
        foreach (var reason in left)
            console.WriteLine(reason);
        if (plot is not null)
            await File.WriteAllTextAsync(plot, EvaluationReport.Plot(data.Name, results).ToSvg(), cancellation);
        return EvaluationReport.Json(data.Name, settings.Seed, results);
    }

    private async Task<OfflineResult> RunAsync(ModelDefinition model, ModelSettings modelSettings, LearningCurve? curve, CancellationToken cancellation)
    {
        var graphs = model.Graphs(modelSettings);
        // Cutting takes longer than some of the models.
        if (_cut?.Settings != graphs)
            _cut = (graphs, await Task.Run(() => DatasetSnapshot.TrainingData(data, graphs, cancellation, progress), cancellation));
        progress($"Training {model.Name}", "", 0);
        return await OfflineExperiment.RunAsync(
            model, modelSettings, _cut.Value.Data, DatasetSnapshot.Pairs(data.Test), new EpochLines(console, curve), cutOffs, progress, cancellation);
    }
}

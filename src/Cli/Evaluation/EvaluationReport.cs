using System.Text.Json;
using Rearm.Streaming.Cli.Plots;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Evaluation;

/// <summary>What <c>rearm evaluate</c> tells of its results.</summary>
internal static class EvaluationReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The lines of one model.</summary>
    public static IEnumerable<string> Lines(OfflineResult result)
    {
        yield return FormattableString.Invariant($"Trained in {result.Training.Seconds:0.0} s");
        foreach (var (name, value) in result.Training.Decided)
            yield return $"{name}: {value}";
        yield return $"Validation: {(result.Training.Validation is { } validation ? Text(validation) : NotMeasured(result.Training))}";
        yield return $"Test:       {Text(result.Test)}";
        foreach (var (part, test) in result.Parts)
            yield return $"{part} alone, test: {Text(test)}";
    }

    /// <summary>The table of all models: test metrics, epochs, and the time of training.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<(string Model, OfflineResult Result)> results)
    {
        string[] names = [.. results.Take(1).SelectMany(r => r.Result.Test.ToDictionary().Keys)];
        yield return Row("model", [.. names, "epochs", "seconds"]);
        foreach (var (model, result) in results)
        {
            var (test, training) = (result.Test.ToDictionary(), result.Training);
            var epochs = training.Epochs == 0 ? "" : FormattableString.Invariant($"{training.Epochs}");
            yield return Row(model, [.. names.Select(name => Metric(test[name])), epochs, FormattableString.Invariant($"{training.Seconds:0.0}")]);
        }
    }

    /// <summary>Recall and NDCG of all models on the test part.</summary>
    public static BarPlot Plot(string dataset, IReadOnlyList<(string Model, OfflineResult Result)> results) => new($"Models on {dataset}, test part", "model",
    [
        .. new (string Label, string Metric)[] { ("Recall", "recall"), ("NDCG", "ndcg") }.Select(panel => new BarPanel(panel.Label,
        [
            .. results.SelectMany(r => r.Result.Test.ToDictionary().Where(m => m.Key.StartsWith($"{panel.Metric}@", StringComparison.Ordinal))
                .Select(m => new Bar(r.Model, m.Key, m.Value))),
        ])),
    ]);

    /// <summary>The result of one model as JSON.</summary>
    public static string Json(string dataset, string model, int seed, OfflineResult result) => JsonSerializer.Serialize(Fields(dataset, model, seed, result), Indented);

    /// <summary>The results of several models as a JSON array of the same objects, with the seconds that training took.</summary>
    public static string Json(string dataset, int seed, IEnumerable<(string Model, OfflineResult Result)> results) => JsonSerializer.Serialize(
        results.Select(r => new Dictionary<string, object?>(Fields(dataset, r.Model, seed, r.Result)) { ["seconds"] = r.Result.Training.Seconds }), Indented);

    private static Dictionary<string, object?> Fields(string dataset, string model, int seed, OfflineResult result)
    {
        var fields = new Dictionary<string, object?>
        {
            ["dataset"] = dataset,
            ["model"] = model,
            ["seed"] = seed,
            ["epochs"] = result.Training.Epochs,
            ["best_epoch"] = result.Training.BestEpoch,
            ["seconds_per_epoch"] = result.Training.SecondsPerEpoch,
            ["valid"] = result.Training.Validation?.ToDictionary(),
            ["test"] = result.Test.ToDictionary(),
        };
        if (result.Parts.Count > 0)
            fields["parts"] = result.Parts.ToDictionary(part => part.Key, part => part.Value.ToDictionary());
        return fields;
    }

    private static string NotMeasured(TrainingOutcome training) => $"not measured: {RankingEvaluator.TooFew(training.ValidationUsers)}";

    private static string Row(string model, params string[] columns) => $"{model,-16}{string.Concat(columns.Select(c => $"{c,11}"))}";

    private static string Metric(double value) => FormattableString.Invariant($"{value:0.0000}");

    private static string Text(RankingMetrics metrics) => string.Join("  ", metrics.ToDictionary().Select(m => $"{m.Key} {Metric(m.Value)}"));
}

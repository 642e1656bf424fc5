using System.Globalization;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>How well models find each user's newest item. With one test item a user, recall is the hit rate.</summary>
/// <param name="figures">Told of what is measured.</param>
/// <param name="data">With each user's newest item as the test (<see cref="LeaveOneOut"/>).</param>
/// <param name="settings">Of the models; each takes the hyper-parameters that it has.</param>
internal sealed class NextItemFigures(Figures figures, Dataset data, ModelSettings settings)
{
    private static readonly (string Name, Func<RankingMetrics, double> Value)[] Metrics =
        [("hr@10", m => m.Recall10), ("hr@20", m => m.Recall20), ("ndcg@10", m => m.Ndcg10), ("ndcg@20", m => m.Ndcg20)];

    /// <summary>Measures some models.</summary>
    /// <exception cref="ArgumentException">A hyper-parameter belongs to none of them.</exception>
    public async Task MeasureAsync(IReadOnlyList<ModelDefinition> models, int seeds, CancellationToken cancellation)
    {
        if (settings.Parameters.Keys.FirstOrDefault(name => !models.Any(model => model.Parameters.Contains(name))) is { } unknown)
            throw new ArgumentException($"None of the models {string.Join(", ", models.Select(m => m.Name))} has a hyper-parameter \"{unknown}\".");
        figures.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{data.Name}: {data.UserCount:N0} users, {data.ItemCount:N0} items, {data.Train.Count:N0} interactions to learn from and validate on"));
        foreach (var model in models)
            await MeasureAsync(model, seeds, cancellation);
    }

    /// <summary>Adds the means of some runs, and how far they spread.</summary>
    public static void Add(Figures figures, string name, IReadOnlyCollection<OfflineResult> runs)
    {
        foreach (var (metric, value) in Metrics)
        {
            var values = runs.Select(run => value(run.Test)).ToArray();
            var mean = values.Average();
            figures.Add($"{name}.{metric}", mean, runs.Count == 1 ? "one run" : string.Create(CultureInfo.InvariantCulture, $"mean of {runs.Count} seeds"));
            if (runs.Count > 1)
                figures.Add($"{name}.{metric}.sd", Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)), "standard deviation over seeds");
        }
        if (runs.Any(run => run.Training.Epochs > 0))
            figures.Add($"{name}.best_epoch", runs.Average(run => run.Training.BestEpoch), "mean");
    }

    private async Task MeasureAsync(ModelDefinition model, int seeds, CancellationToken cancellation)
    {
        var own = settings with { Parameters = settings.Parameters.Where(p => model.Parameters.Contains(p.Key)).ToDictionary() };
        var cut = await Task.Run(() => DatasetSnapshot.TrainingData(data, model.Graphs(own), cancellation, figures.Progress), cancellation);
        var runs = new List<OfflineResult>();
        for (var seed = 1; seed <= (model.MaxEpochs(own) > 0 ? seeds : 1); seed++)
        {
            figures.Begin($"Training {model.Name}, seed {seed}");
            runs.Add(await NextItemExperiment.RunAsync(
                model, own with { Seed = seed }, cut, DatasetSnapshot.Pairs(data.Test), within: figures.Progress, cancellationToken: cancellation));
        }
        Add(figures, model.Name, runs);
        foreach (var (metric, value) in Metrics)
            figures.Bar(metric.StartsWith("hr", StringComparison.Ordinal) ? "hit rate" : "NDCG", model.Name, metric, runs.Average(run => value(run.Test)));
    }
}

using System.Globalization;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Benchmarks.Weights;

/// <summary>
/// What event types do to recommendations: models learn from a data set with <see cref="SyntheticTypes"/>, once as the GraphBuilder would make pairs of them
/// (weights; what was disliked is no pair), and once with every interaction a click. Both are measured on the same test pairs and rank the same items.
/// </summary>
internal static class WeightsExperiment
{
    // REARM takes minutes for what takes the others seconds.
    private static readonly (string Model, ModelSettings Settings, int Seeds)[] Models =
    [
        ("ials", new(), 3),
        ("bpr", new() { MaxEpochs = 30 }, 3),
        ("rearm", new() { Preset = "tiktok", MaxEpochs = 8 }, 1),
    ];

    /// <summary>Runs it and writes a row per model, seed and way.</summary>
    public static async Task RunAsync(string folder, TextWriter output)
    {
        var data = DatasetReader.Read(folder);
        output.WriteLine("| model | seed | types | recall@20 | ndcg@20 | recall@20 of purchases | recall@20 of dislikes |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var (name, settings, seeds) in Models)
            for (var seed = 1; seed <= seeds; seed++)
            {
                var weights = SyntheticTypes.Weights(data, seed);
                foreach (var isTyped in new[] { false, true })
                {
                    var (wanted, purchases, dislikes) = await MeasureAsync(data, weights, isTyped, ModelCatalogue.Get(name), settings with { Seed = seed });
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {name} | {seed} | {(isTyped ? "with" : "without")} | {wanted.Recall20:0.0000} | {wanted.Ndcg20:0.0000} | {purchases:0.0000} | {dislikes:0.0000} |"));
                }
            }
    }

    private static Task<(RankingMetrics Wanted, double Purchases, double Dislikes)> MeasureAsync(
        Dataset data, Dictionary<Split, float[]> weights, bool isTyped, ModelDefinition model, ModelSettings settings) => TrainingThread.RunAsync(() =>
    {
        var touched = Matrix(data, row => 1);
        var training = Training(data, isTyped ? Matrix(data, row => weights[Split.Train][row]) : touched, Pairs(Split.Valid, w => w > 0), model.Graphs(settings));
        using var recommender = model.Create(training, settings);
        recommender.Fit(new() { Validation = training.Validation() }, CancellationToken.None);

        // Whatever was touched in training is not ranked, disliked or not: the Server leaves it out in either case.
        RankingMetrics Of(Func<float, bool> which) => new RankingEvaluator(touched, data.ItemCount, Pairs(Split.Test, which)).Evaluate(recommender.Score)!.Value;
        return (Of(w => w > 0), Of(w => w == 5).Recall20, Of(w => w == SyntheticTypes.Dislike).Recall20);

        (int User, int Item)[] Pairs(Split split, Func<float, bool> which) =>
            [.. Enumerable.Range(0, data[split].Count).Where(row => which(weights[split][row])).Select(row => (data[split].Users[row], data[split].Items[row]))];
    });

    private static InteractionMatrix Matrix(Dataset data, Func<int, float> weight) => InteractionPairs.ToMatrix(
        data.UserCount,
        from row in Enumerable.Range(0, data.Train.Count)
        where weight(row) > 0
        select new InteractionPair(data.Train.Users[row], data.Train.Items[row], data.TimeOf(Split.Train, row), weight(row)));

    private static TrainingData Training(Dataset data, InteractionMatrix interactions, (int User, int Item)[] valid, GraphSettings graphs)
    {
        var content = new SnapshotContent
        {
            UserIds = [.. Enumerable.Range(0, data.UserCount).Select(data.UserId)],
            ItemIds = [.. Enumerable.Range(0, data.ItemCount).Select(data.ItemId)],
            Categories = [.. Enumerable.Repeat(Array.Empty<string>(), data.ItemCount)],
            Available = [.. Enumerable.Repeat(true, data.ItemCount)],
            Interactions = interactions,
            Modalities = data.Features,
        };
        var features = PreparedFeatures.Of(content, graphs);
        return TrainingData.Split(SnapshotAssembler.Assemble(content, graphs, features: features), valid, features);
    }
}

using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>What users' vectors in half precision cost in recall: one model, ranked by its vectors as they are, and as they come back from Redis.</summary>
internal static class PrecisionFigures
{
    /// <summary>Trains a model on a data set, and measures it on the test part.</summary>
    public static Task MeasureAsync(Figures figures, Dataset data, ModelDefinition definition, CancellationToken cancellationToken) =>
        TrainingThread.RunAsync(() => Measure(figures, data, definition, cancellationToken));

    private static bool Measure(Figures figures, Dataset data, ModelDefinition definition, CancellationToken cancellationToken)
    {
        if (data.Test.Count == 0)
            throw new CliException(
                $"{data.Name} has no test part, so there is nothing to measure. "
                + "Give one that has test.npy, or x_label 2 in its .inter file.");
        var settings = new ModelSettings { AsServed = true };
        var training = DatasetSnapshot.TrainingData(data, definition.Graphs(settings), cancellationToken, figures.Progress);
        using var model = definition.Create(training, settings);
        model.Fit(new() { Validation = training.Validation(), Within = figures.Progress }, cancellationToken);
        var vectors = model.ServingVectors() ?? throw new CliException(
            $"The model {definition.Name} has no vectors, so it can't be served. "
            + "Choose another with --model, such as ials.");
        var evaluator = new RankingEvaluator(training.Train.Interactions, data.ItemCount, DatasetSnapshot.Pairs(data.Test));
        var stored = vectors with { Users = AsStored(vectors) };
        foreach (var (name, served) in new[] { ("single", vectors), ("half", stored) })
            foreach (var (metric, value) in evaluator.Evaluate(served.Score, cancellationToken)!.Value.ToDictionary())
            {
                figures.Add($"precision.{data.Name}.{name}.{metric}", value, $"{definition.Name}, {vectors.Width} numbers, {evaluator.Users} users");
                figures.Bar($"{definition.Name} on {data.Name}", metric, $"{name} precision", value);
            }
        return true;
    }

    private static float[] AsStored(ModelVectors vectors)
    {
        var stored = new float[vectors.Users.Length];
        for (var start = 0; start < stored.Length; start += vectors.Width)
        {
            var bytes = UserVectorCodec.Write(vectors.Users.AsSpan(start, vectors.Width), VectorPrecision.Half, seed: 0);
            if (!UserVectorCodec.TryRead(bytes, seed: 0, stored.AsSpan(start, vectors.Width)))
                throw new InvalidOperationException($"The vector of user {start / vectors.Width} can't be read back.");
        }
        return stored;
    }
}

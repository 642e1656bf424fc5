using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Generations;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What the parts of an answer are worth that come from between two trainings: vectors of items that training did not know
/// (<see cref="ColdItemFigures"/>), and vectors of users moved by what they just touched (<see cref="ReplayFigures"/>).
/// </summary>
internal static class LiveFigures
{
    /// <summary>Measures what the data set can tell: items without training interactions need features and a test part, a replay needs times.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="data">The data set.</param>
    /// <param name="model">What to train.</param>
    /// <param name="seed">Of its initial values, and of all else that is random in training.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Task MeasureAsync(
        Figures figures, Dataset data, ModelDefinition model, int seed, CancellationToken cancellationToken) => TrainingThread.RunAsync(() =>
    {
        var settings = new ModelSettings { AsServed = true, Seed = seed };
        var cold = data is { Features.Count: > 0, Test.Count: > 0 };
        var replay = data.Train.Times is not null && !model.HasUserEncoder;
        if (!cold && !replay)
            throw new CliException(
                $"{data.Name} has no features and test part to measure new items with, nor times to replay by with a model that learns users' vectors. "
                + "Name its column of times with --time-column, or give one with *_feat.npy and test.npy.");
        if (cold)
            ColdItemFigures.Measure(figures, data, model, settings, cancellationToken);
        else
            figures.Skip("cold.*", "the data set has no features, or no test part");
        if (replay)
            ReplayFigures.Measure(figures, data, model, settings, cancellationToken);
        else
            figures.Skip("replay.*", model.HasUserEncoder ? $"{model.Name} makes users' vectors anew: nothing is moved" : "the data set has no times");
        return true;
    });

    /// <summary>The vectors that a model would serve after training on the data's training part.</summary>
    public static ModelVectors Train(Dataset data, ModelDefinition definition, ModelSettings settings, Figures figures, CancellationToken cancellationToken)
    {
        var training = DatasetSnapshot.TrainingData(data, definition.Graphs(settings), cancellationToken, figures.Progress);
        using var model = definition.Create(training, settings);
        model.Fit(new() { Validation = training.Validation(), Within = figures.Progress }, cancellationToken);
        return model.ServingVectors() ?? throw new CliException(
            $"The model {definition.Name} has no vectors, so it can't be served. "
            + "Choose another with --model, such as ials.");
    }

    /// <summary>A generation of some of the items, as the Server has it in memory; the log was read up to offset <paramref name="readUntil"/> of partition 0.</summary>
    public static LoadedGeneration Load(Dataset data, ModelVectors vectors, int[] items, long readUntil)
    {
        var generation = new ModelGeneration
        {
            Dimension = vectors.Width,
            ItemIds = [.. items.Select(data.ItemId)],
            ItemVectors = [.. items.SelectMany(item => vectors.Items[(item * vectors.Width)..((item + 1) * vectors.Width)])],
            Popularity = new int[items.Length],
            Categories = [.. Enumerable.Repeat(Array.Empty<string>(), items.Length)],
            Available = [.. Enumerable.Repeat(true, items.Length)],
            UserIds = [],
            UserVectors = [],
            Snapshot = new SnapshotInfo { EventTime = new Timestamp(), ReadUntil = { [0] = readUntil } },
            Metrics = new Dictionary<string, double>(),
            Settings = new Dictionary<string, string>(),
        };
        return Load(generation, vectors.ItemEncoder);
    }

    /// <summary>A generation as the Server has it in memory.</summary>
    public static LoadedGeneration Load(ModelGeneration generation, ItemEncoderWeights? itemEncoder)
    {
        var manifest = GenerationCodec.Describe(generation);
        (manifest.Number, manifest.PublishedAt) = (1, new Timestamp());
        var chunks = new List<ItemChunk>();
        foreach (var (info, bytes) in GenerationCodec.ItemChunks(generation))
        {
            manifest.ItemChunks.Add(info);
            chunks.Add(GenerationCodec.ReadItems(manifest, chunks.Count, bytes));
        }
        return new(new StoredGeneration(manifest, [], chunks) { ItemEncoder = itemEncoder });
    }

    /// <summary>The place of an item among those that may be recommended, 0 for the best; of equal scores the smaller number comes first.</summary>
    public static int Rank(ReadOnlySpan<float> scores, int item)
    {
        var rank = 0;
        for (var other = 0; other < scores.Length; other++)
            if (scores[other] > scores[item] || (scores[other] == scores[item] && other < item))
                rank++;
        return rank;
    }
}

using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Evaluation;

/// <summary>A data set as models take it: the snapshot that the pipeline would cut from it, without the pipeline.</summary>
internal static class DatasetSnapshot
{
    /// <summary>Training and validation data; without a validation part, the newest interactions are held out.</summary>
    public static TrainingData TrainingData(Dataset data, GraphSettings settings, CancellationToken cancellation, ProgressOf? progress = null)
    {
        var content = new SnapshotContent
        {
            UserIds = [.. Enumerable.Range(0, data.UserCount).Select(data.UserId)],
            ItemIds = [.. Enumerable.Range(0, data.ItemCount).Select(data.ItemId)],
            Categories = [.. Enumerable.Repeat(Array.Empty<string>(), data.ItemCount)],
            Available = [.. Enumerable.Repeat(true, data.ItemCount)],
            Interactions = Interactions(data),
            Modalities = data.Features,
        };
        var features = PreparedFeatures.Of(content, settings);
        var snapshot = SnapshotAssembler.Assemble(content, settings, features: features, cancellationToken: cancellation, progress: progress);
        var training = data.Valid.Count == 0
            ? Models.Training.TrainingData.HoldOutNewest(snapshot, int.MaxValue, features, progress, cancellation)
            : Models.Training.TrainingData.Split(snapshot, Pairs(data.Valid), features);
        return training.WithTokens(data.Tokens);
    }

    /// <summary>The interactions of the training part.</summary>
    public static InteractionMatrix Interactions(Dataset data) => InteractionPairs.ToMatrix(data.UserCount, Enumerable.Range(0, data.Train.Count)
        .Select(row => new InteractionPair(data.Train.Users[row], data.Train.Items[row], data.TimeOf(Split.Train, row))));

    /// <summary>The pairs of a split, by dense index.</summary>
    public static (int User, int Item)[] Pairs(DatasetSplit split) => [.. split.Users.Zip(split.Items)];
}

using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.IntegrationTests.Pipeline;

/// <summary>What a trained model gives by libtorch: none of the code that serves it takes part.</summary>
internal static class OfflineModel
{
    /// <summary>The vectors of a snapshot's users and items by the parameters that a Trainer left.</summary>
    /// <param name="name">The model's.</param>
    /// <param name="checkpoint">The Trainer's file.</param>
    /// <param name="snapshot">Which need not be the one that was trained on.</param>
    /// <param name="settings">As the Trainer had them.</param>
    public static ModelVectors Vectors(string name, string checkpoint, GraphSnapshot snapshot, ModelSettings settings)
    {
        using var file = File.OpenRead(checkpoint);
        var data = TrainingData.HoldOutNewest(snapshot, maxUsers: 1);
        using var model = ModelCatalogue.Get(name).Create(data, settings with { MaxEpochs = 1 });
        model.Fit(new() { Validation = data.Validation(), States = new Ended(CheckpointCodec.Read(file)) }, CancellationToken.None);
        return model.ServingVectors()!;
    }

    /// <summary>A user's score for each item, by its id.</summary>
    public static Dictionary<string, float> Scores(ModelVectors vectors, GraphSnapshot snapshot, string user)
    {
        var own = vectors.Users.AsMemory(Array.IndexOf(snapshot.UserIds, user) * vectors.Width, vectors.Width);
        return snapshot.ItemIds.Index().ToDictionary(
            i => i.Item, i => TensorPrimitives.Dot(own.Span, vectors.Items.AsSpan(i.Index * vectors.Width, vectors.Width)));
    }

    /// <summary>The state of a run of one epoch that has ended: it goes on with its parameters, and trains no further.</summary>
    private sealed class Ended(ModelCheckpoint checkpoint) : ITrainingStates
    {
        public TrainingState Load(string model) => new(Epoch: 1, BestEpoch: 1, Seconds: 0, BestMetrics: null, checkpoint, checkpoint);

        public void Save(string model, TrainingState state) => throw new InvalidOperationException("Nothing was to be trained.");
    }
}

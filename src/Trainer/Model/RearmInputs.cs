using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Trainer.Adjacency;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.Model;

/// <summary>The constant side of the model, on its device: graphs and features of one snapshot.</summary>
internal sealed class RearmInputs : IDisposable
{
    internal required int Users { get; init; }

    internal required int Items { get; init; }

    internal required IReadOnlyList<ModalInput> Modalities { get; init; }

    /// <summary>Users x users (4.2.3); null: left out.</summary>
    internal required SparseOperator? UserGraph { get; init; }

    /// <summary>Items x items (4.2.3); null: left out.</summary>
    internal required SparseOperator? ItemGraph { get; init; }

    /// <summary>The normalised bipartite graph over users and then items (eq. 10).</summary>
    internal required SparseOperator InteractionGraph { get; init; }

    /// <exception cref="ArgumentException">A modality is not in the snapshot.</exception>
    internal static RearmInputs From(GraphSnapshot snapshot, RearmHyperParameters parameters, IReadOnlyList<string>? modalities, ScalarType dtype, Device device)
    {
        var chosen = ModalityChoice.Resolve(snapshot.Modalities, modalities);
        var (users, items) = (snapshot.Users, snapshot.Items);
        SparseOperator Operator(SparseRows rows, int columns) => new(rows, columns, dtype, device);

        return new()
        {
            Users = users,
            Items = items,
            Modalities = [.. chosen.Select(m => Modality(snapshot, snapshot.Modalities[m], dtype, device))],
            UserGraph = parameters.Without.HasFlag(Ablations.UserGraph) ? null : Operator(HomogeneousGraphs.Users(snapshot, chosen, parameters), users),
            ItemGraph = parameters.Without.HasFlag(Ablations.ItemGraph) ? null : Operator(HomogeneousGraphs.Items(snapshot, chosen, parameters), items),
            InteractionGraph = Operator(InteractionWeights.Bipartite(snapshot.Interactions, items), users + items),
        };
    }

    private static ModalInput Modality(GraphSnapshot snapshot, ModalityFeatures features, ScalarType dtype, Device device)
    {
        var prepared = FeaturePreprocessing.Apply(features, GraphSettings.From(snapshot.Settings).Preprocessing, IdOrder.Ranks(snapshot.ItemIds));
        return new(
            features.Name,
            tensor(prepared, [snapshot.Items, features.Dimension], dtype: dtype, device: device).DetachFromDisposeScope(),
            new SparseOperator(InteractionWeights.Mean(snapshot.Interactions, features.Present), snapshot.Items, dtype, device));
    }

    public void Dispose()
    {
        foreach (var modality in Modalities)
            modality.Dispose();
        UserGraph?.Dispose();
        ItemGraph?.Dispose();
        InteractionGraph.Dispose();
    }
}

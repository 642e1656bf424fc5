using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>The constants of a model over modal features, on its device: graphs and features of one snapshot.</summary>
internal sealed class ModalInputs : IDisposable
{
    internal required int Users { get; init; }

    internal required int Items { get; init; }

    /// <summary>Names of the modalities, in the model's order.</summary>
    internal required IReadOnlyList<string> Names { get; init; }

    /// <summary>Per modality, the items' prepared raw vectors, items x width; zeros where an item has none.</summary>
    internal required IReadOnlyList<Tensor> Features { get; init; }

    /// <summary>The normalised bipartite graph over users and then items (<see cref="InteractionWeights.Bipartite"/>).</summary>
    internal required SparseOperator InteractionGraph { get; init; }

    /// <summary>Items x items; null: the model has none.</summary>
    internal required SparseOperator? ItemGraph { get; init; }

    /// <summary>Makes the graphs of a snapshot, here and for another cut of it.</summary>
    private Func<GraphSnapshot, (SparseOperator Interactions, SparseOperator? Items)>? Graphs { get; init; }

    /// <param name="snapshot">Whose users, items and graphs.</param>
    /// <param name="features">Its prepared features.</param>
    /// <param name="modalities">The modalities to use, in order; null or empty: all of them.</param>
    /// <param name="itemGraph">Makes the item graph of the modalities at some places in a snapshot, or null.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    /// <exception cref="ArgumentException">A modality is not in the snapshot.</exception>
    internal static ModalInputs From(
        GraphSnapshot snapshot, PreparedFeatures features, IReadOnlyList<string>? modalities, Func<GraphSnapshot, int[], SparseRows?> itemGraph,
        ScalarType dtype, Device device, KernelMode kernels = KernelMode.Auto)
    {
        var chosen = ModalityChoice.Resolve(snapshot.Modalities, modalities);
        (SparseOperator, SparseOperator?) Graphs(GraphSnapshot of) => (
            new SparseOperator(InteractionWeights.Bipartite(of.Interactions, of.Items), of.Users + of.Items, dtype, device, kernels),
            itemGraph(of, chosen) is { } rows ? new SparseOperator(rows, of.Items, dtype, device, kernels) : null);
        var (interactions, items) = Graphs(snapshot);
        return new()
        {
            Users = snapshot.Users,
            Items = snapshot.Items,
            Names = [.. chosen.Select(m => snapshot.Modalities[m].Name)],
            Features = [.. chosen.Select(m => FeatureTensor.From(features.Values[m], dtype, device).DetachFromDisposeScope())],
            InteractionGraph = interactions,
            ItemGraph = items,
            Graphs = Graphs,
        };
    }

    /// <summary>The same users, items and features with the graphs of another cut of the snapshot. Dispose it first.</summary>
    internal ModalInputs WithGraphsOf(GraphSnapshot snapshot)
    {
        var (interactions, items) = Graphs!(snapshot);
        return new()
        {
            Users = Users,
            Items = Items,
            Names = Names,
            Features = [.. Features.Select(f => f.alias().DetachFromDisposeScope())],
            InteractionGraph = interactions,
            ItemGraph = items,
            Graphs = Graphs,
        };
    }

    public void Dispose()
    {
        foreach (var features in Features)
            features.Dispose();
        InteractionGraph.Dispose();
        ItemGraph?.Dispose();
    }
}

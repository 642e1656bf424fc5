using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Rearm.Weights;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>The constants of the model on its device: graphs and features of one snapshot.</summary>
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

    /// <summary>Positions of the modalities used, in the snapshot.</summary>
    private int[] Chosen { get; init; } = [];

    private ScalarType Precision { get; init; }

    private Device Device { get; init; } = CPU;

    private KernelMode Kernels { get; init; }

    /// <exception cref="ArgumentException">A modality is not in the snapshot.</exception>
    internal static RearmInputs From(
        GraphSnapshot snapshot, PreparedFeatures features, RearmHyperParameters hyper, IReadOnlyList<string>? modalities, ScalarType dtype, Device device, KernelMode kernels = KernelMode.Auto)
    {
        var chosen = ModalityChoice.Resolve(snapshot.Modalities, modalities);
        return Create(snapshot, hyper, chosen, dtype, device, kernels, [.. chosen.Select(m => new ModalFeatures(
            snapshot.Modalities[m].Name,
            FeatureTensor.From(features.Values[m], dtype, device).DetachFromDisposeScope()))]);
    }

    /// <summary>The same users, items and features with the graphs of another cut of the snapshot. Dispose it first.</summary>
    internal RearmInputs WithGraphsOf(GraphSnapshot snapshot, RearmHyperParameters hyper) =>
        Create(snapshot, hyper, Chosen, Precision, Device, Kernels, [.. Modalities.Select(m => new ModalFeatures(m.Name, m.Features.alias().DetachFromDisposeScope()))]);

    private static RearmInputs Create(GraphSnapshot snapshot, RearmHyperParameters hyper, int[] chosen, ScalarType dtype, Device device, KernelMode kernels, ModalFeatures[] features)
    {
        var (users, items) = (snapshot.Users, snapshot.Items);
        SparseOperator Operator(SparseRows rows, int columns) => new(rows, columns, dtype, device, kernels);
        return new()
        {
            Users = users,
            Items = items,
            Chosen = chosen,
            Precision = dtype,
            Device = device,
            Kernels = kernels,
            Modalities = [.. features.Select((f, i) => new ModalInput(
                f.Name, f.Values, Operator(InteractionWeights.Mean(snapshot.Interactions, snapshot.Modalities[chosen[i]].Present), items)))],
            UserGraph = hyper.Without.HasFlag(Ablations.UserGraph) ? null : Operator(HomogeneousGraphs.Users(snapshot, chosen, hyper), users),
            ItemGraph = hyper.Without.HasFlag(Ablations.ItemGraph) ? null : Operator(HomogeneousGraphs.Items(snapshot, chosen, hyper), items),
            InteractionGraph = Operator(InteractionWeights.Bipartite(snapshot.Interactions, items), users + items),
        };
    }

    public void Dispose()
    {
        foreach (var modality in Modalities)
            modality.Dispose();
        UserGraph?.Dispose();
        ItemGraph?.Dispose();
        InteractionGraph.Dispose();
    }

    private readonly record struct ModalFeatures(string Name, Tensor Values);
}

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

    public void Dispose()
    {
        foreach (var modality in Modalities)
            modality.Dispose();
        UserGraph?.Dispose();
        ItemGraph?.Dispose();
        InteractionGraph.Dispose();
    }
}

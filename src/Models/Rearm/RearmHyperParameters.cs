using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>The model's shape and how it is trained; the defaults are the paper's for Baby. Presets: <see cref="RearmPresets"/>.</summary>
public sealed record RearmHyperParameters : EpochParameters
{
    /// <summary>The paper's for Baby; where nothing can be measured, fewer epochs than other models have.</summary>
    public RearmHyperParameters() => (LearningRate, MaxEpochs, UnvalidatedEpochs) = (5e-5, 2000, 20);

    /// <summary>Width d of an embedding.</summary>
    [Range(1, 1024)]
    public int Dimension { get; init; } = 64;

    /// <summary>Layers L over the user-item graph (eq. 10).</summary>
    [Range(0, 16)]
    public int Layers { get; init; } = 4;

    /// <summary>Layers over the item-item graph (eq. 4).</summary>
    [Range(0, 16)]
    public int ItemGraphLayers { get; init; } = 1;

    /// <summary>Layers over the user-user graph (eq. 4).</summary>
    [Range(0, 16)]
    public int UserGraphLayers { get; init; } = 1;

    /// <summary>Inner width r of the low-rank transform (eq. 15).</summary>
    [Range(1, 64)]
    public int Rank { get; init; } = 3;

    /// <summary>Share of the self-attention weights dropped in training (eq. 5-6).</summary>
    [Range(0.0, 1.0)]
    public double SelfDropout { get; init; } = 0.4;

    /// <summary>Share of the cross-attention weights dropped in training (eq. 7-9).</summary>
    [Range(0.0, 1.0)]
    public double CrossDropout { get; init; } = 0.6;

    /// <summary>Weight of the first modality (image, where there is one) in the users' interest graph; the others share the rest.</summary>
    [Range(0.0, 1.0)]
    public double UserFirstModalityWeight { get; init; } = 0.2;

    /// <summary>Weight of the first modality (image, where there is one) in the items' semantic graph; the others share the rest.</summary>
    [Range(0.0, 1.0)]
    public double ItemFirstModalityWeight { get; init; }

    /// <summary>Weight of co-occurrence in the users' graph; similarity has the rest.</summary>
    [Range(0.0, 1.0)]
    public double UserCooccurrenceWeight { get; init; } = 0.4;

    /// <summary>Weight of co-occurrence in the items' graph; similarity has the rest.</summary>
    [Range(0.0, 1.0)]
    public double ItemCooccurrenceWeight { get; init; } = 0.2;

    /// <summary>Neighbours per user, in both of the users' graphs; no more than the snapshot has.</summary>
    [Range(1, 1000)]
    public int UserNeighbors { get; init; } = 40;

    /// <summary>Neighbours per item, in both of the items' graphs; no more than the snapshot has.</summary>
    [Range(1, 1000)]
    public int ItemNeighbors { get; init; } = 10;

    /// <summary>Temperature of the contrast (eq. 12).</summary>
    [Range(1e-3, 100.0)]
    public double Temperature { get; init; } = 0.6;

    /// <summary>Weight of the contrast loss (eq. 12).</summary>
    [Range(0.0, 100.0)]
    public double ContrastWeight { get; init; } = 5e-6;

    /// <summary>Weight of the orthogonality loss (eq. 17).</summary>
    [Range(0.0, 100.0)]
    public double OrthogonalityWeight { get; init; } = 5e-5;

    /// <summary>AdamW's decoupled weight decay, which stands for the L2 term of eq. 22.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>
    /// Train the raw features and the users' mean vectors as free parameters, as the authors' program does. The paper does not
    /// say so; at 4,096 wide it adds 100 million parameters.
    /// </summary>
    public bool TrainFeatures { get; init; }

    /// <summary>Let gradients through the meta network's projection (eq. 13). In the authors' program none reach it.</summary>
    public bool TrainMetaProjection { get; init; }

    /// <summary>What to leave out.</summary>
    public Ablations Without { get; init; }
}

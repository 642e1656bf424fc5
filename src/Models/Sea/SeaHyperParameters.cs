using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Models.Separation;

namespace Rearm.Streaming.Models.Sea;

/// <summary>Hyper-parameters of SEA; the defaults are its program's. Presets: <see cref="SeaPresets"/>.</summary>
public sealed record SeaHyperParameters : SeparationParameters
{
    /// <summary>As the program has it, but for the CLUB network's fit.</summary>
    public SeaHyperParameters() => LearningRate = 1e-4;

    /// <summary>Width d of a modality's part of a vector.</summary>
    [Range(1, 1024)]
    public int Dimension { get; init; } = 64;

    /// <summary>Width to which each modality is projected before it is split; 0: its own (the projection is square).</summary>
    [Range(0, 8192)]
    public int ProjectionWidth { get; init; }

    /// <summary>Layers over the user-item graph, added up.</summary>
    [Range(0, 16)]
    public int Layers { get; init; } = 2;

    /// <summary>Layers over the item-item graph, of which the last is added.</summary>
    [Range(0, 16)]
    public int ItemGraphLayers { get; init; } = 1;

    /// <summary>Neighbours per item in the item-item graph, itself among them; no more than the snapshot has.</summary>
    [Range(1, 1000)]
    public int ItemNeighbors { get; init; } = 10;

    /// <summary>Weight of the first modality (image, where there is one) in the item-item graph; the others share the rest.</summary>
    [Range(0.0, 1.0)]
    public double FirstModalityWeight { get; init; } = 0.1;
}

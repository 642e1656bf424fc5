using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Models.Separation;

namespace Rearm.Streaming.Models.LightGcn;

/// <summary>Hyper-parameters of LightGCN over modal features; SEA's losses have those printed for another backbone, where they are used.</summary>
public sealed record ModalLightGcnHyperParameters : SeparationParameters
{
    /// <summary>Without SEA's losses.</summary>
    public ModalLightGcnHyperParameters() => (SoloWeight, ClubWeight, Temperature, ClubWidth) = (0, 0, 0.1, 0);

    /// <summary>Width d of a part of a vector: the id's, and each modality's.</summary>
    [Range(1, 1024)]
    public int Dimension { get; init; } = 64;

    /// <summary>Layers K over the user-item graph.</summary>
    [Range(0, 16)]
    public int Layers { get; init; } = 3;

    /// <summary>Weight of the squared lengths of a batch's vectors before the graph.</summary>
    [Range(0.0, 10.0)]
    public double Decay { get; init; } = 1e-4;
}

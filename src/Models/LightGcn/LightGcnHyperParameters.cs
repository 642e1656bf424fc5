using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.LightGcn;

/// <summary>Hyper-parameters of LightGCN.</summary>
public sealed record LightGcnHyperParameters : EmbeddingParameters
{
    /// <summary>Layers K over the user-item graph (eq. 3).</summary>
    [Range(0, 16)]
    public int Layers { get; init; } = 3;
}

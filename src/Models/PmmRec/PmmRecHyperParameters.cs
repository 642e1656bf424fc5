using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Models.Sequences;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>Hyper-parameters of PMMRec.</summary>
public sealed record PmmRecHyperParameters : SequenceParameters
{
    /// <summary>Attention heads of the fusion of modalities.</summary>
    [Range(1, 64)]
    public int FusionHeads { get; init; } = 4;

    /// <summary>Width of the fusion's inner layer; 0: four times the dimension.</summary>
    [Range(0, 1 << 16)]
    public int FusionWidth { get; init; }

    /// <summary>Dropout in the fusion: of attention weights, and of what each of its two parts adds.</summary>
    [Range(0.0, 0.99)]
    public double FusionDropout { get; init; } = 0.1;

    /// <summary>Losses besides next-item prediction, with a + between.</summary>
    public AuxiliaryLosses Losses { get; init; }

    /// <summary>Weight of <see cref="AuxiliaryLosses.ProgramNicl"/>; next-item prediction has the rest.</summary>
    [Range(0.0, 1.0)]
    public double ContrastWeight { get; init; } = 0.4;

    /// <summary>Temperature of <see cref="AuxiliaryLosses.ProgramNicl"/>.</summary>
    [Range(1e-3, 100.0)]
    public double Temperature { get; init; } = 0.1;
}

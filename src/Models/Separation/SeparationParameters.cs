using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Separation;

/// <summary>Hyper-parameters of SEA's two losses (<see cref="SeparateLearning"/>), and of how a model that may have them is trained; the defaults are SEA's.</summary>
public abstract record SeparationParameters : EpochParameters
{
    /// <summary>Weight of the alignment of the generic halves (alpha); 0: left out.</summary>
    [Range(0.0, 100.0)]
    public double SoloWeight { get; init; } = 0.012;

    /// <summary>Weight of what a modality's halves may have in common, the CLUB bound (ureg); 0: left out.</summary>
    [Range(0.0, 100.0)]
    public double ClubWeight { get; init; } = 0.006;

    /// <summary>Temperature of the alignment.</summary>
    [Range(1e-3, 100.0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Width of the alignment heads' two inner layers.</summary>
    [Range(1, 4096)]
    public int HeadHidden { get; init; } = 64;

    /// <summary>Width in which generic halves are compared.</summary>
    [Range(1, 4096)]
    public int HeadWidth { get; init; } = 32;

    /// <summary>Width in which halves are told apart, after a linear layer each; 0: as they are, without one, which takes modalities of one, even width.</summary>
    [Range(0, 4096)]
    public int ClubWidth { get; init; } = 32;

    /// <summary>Width of the CLUB network's inner layers.</summary>
    [Range(1, 4096)]
    public int ClubHidden { get; init; } = 8;

    /// <summary>Steps that the CLUB network takes after each of the model's.</summary>
    [Range(0, 10_000)]
    public int ClubSteps { get; init; } = 50;

    /// <summary>What the CLUB network is fitted to.</summary>
    public ClubFit ClubFit { get; init; }
}

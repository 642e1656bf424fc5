using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>Hyper-parameters of models that read a user's items in their order.</summary>
public record SequenceParameters : EpochParameters
{
    /// <summary>A step has 64 users, whose items are each other's candidates.</summary>
    public SequenceParameters() => BatchSize = 64;

    /// <summary>Width d of a vector; a multiple of <see cref="Heads"/>.</summary>
    [Range(1, 1024)]
    public int Dimension { get; init; } = 64;

    /// <summary>L, how many of a user's newest items are read.</summary>
    [Range(1, 1000)]
    public int Length { get; init; } = 20;

    /// <summary>Blocks of the user encoder.</summary>
    [Range(0, 16)]
    public int Blocks { get; init; } = 2;

    /// <summary>Attention heads of the user encoder.</summary>
    [Range(1, 64)]
    public int Heads { get; init; } = 2;

    /// <summary>Dropout in the user encoder: of its input, of attention weights, and of what each part of a block adds.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.1;

    /// <summary>Whether the loss makes up for popular items being among the candidates more often.</summary>
    public bool Debias { get; init; } = true;

    /// <summary>AdamW's decoupled weight decay, of all parameters.</summary>
    [Range(0.0, 10.0)]
    public double Decay { get; init; } = 0.1;

    /// <summary>Where they are searched.</summary>
    internal static IReadOnlyList<SearchRange> Ranges { get; } =
    [
        SearchRange.Choice("dimension", 32, 64, 128),
        SearchRange.Choice("length", 10, 20, 50),
        SearchRange.Whole("blocks", 1, 3),
        SearchRange.Choice("heads", 1, 2, 4),
        SearchRange.Steps("dropout", 0, 0.5, 0.1),
        SearchRange.Log("learning_rate", 1e-4, 1e-2),
        SearchRange.Log("decay", 1e-3, 1),
        SearchRange.Choice("batch_size", 32, 64, 128, 256),
        SearchRange.Choice("debias", false, true),
    ];
}

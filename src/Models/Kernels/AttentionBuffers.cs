namespace Rearm.Streaming.Models.Kernels;

/// <summary>Where attention reads and writes, each rows x d, row-major.</summary>
internal readonly unsafe struct AttentionBuffers
{
    /// <summary>Queries.</summary>
    public required float* Q { get; init; }

    /// <summary>Keys.</summary>
    public required float* K { get; init; }

    /// <summary>Values.</summary>
    public required float* V { get; init; }

    /// <summary>What attention gives: written by the forward pass, read by the backward one.</summary>
    public required float* Output { get; init; }

    /// <summary>The softmax's denominators: written by the forward pass, read by the backward one.</summary>
    public required float* Sums { get; init; }

    /// <summary>Backward only: the gradient of the output.</summary>
    public float* Gradient { get; init; }

    /// <summary>Backward only: takes the gradient of the queries.</summary>
    public float* DQ { get; init; }

    /// <summary>Backward only: takes the gradient of the keys.</summary>
    public float* DK { get; init; }

    /// <summary>Backward only: takes the gradient of the values.</summary>
    public float* DV { get; init; }
}

namespace Rearm.Streaming.Models.Kernels;

/// <summary>Where attention reads and writes, each rows x d.</summary>
internal readonly unsafe struct AttentionBuffers
{
    /// <summary>What queries are made of.</summary>
    public required MatrixRows Query { get; init; }

    /// <summary>What keys and values are made of.</summary>
    public required MatrixRows Source { get; init; }

    /// <summary>What attention gives before its last weight and bias: written by the forward pass, read by the backward one.</summary>
    public required float* Attended { get; init; }

    /// <summary>The softmax's denominators: written by the forward pass, read by the backward one.</summary>
    public required float* Sums { get; init; }

    /// <summary>Forward only: takes the result.</summary>
    public float* Output { get; init; }

    /// <summary>Backward only: the gradient of the result.</summary>
    public MatrixRows Gradient { get; init; }

    /// <summary>Backward only: takes the gradient of <see cref="Query"/>.</summary>
    public float* DQuery { get; init; }

    /// <summary>Backward only: takes the gradient of <see cref="Source"/>.</summary>
    public float* DSource { get; init; }
}

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>A block of <see cref="UserEncoderWeights"/>: attention, then a feed-forward network, each with a residual connection and a norm.</summary>
public sealed record UserEncoderBlock
{
    /// <summary>Makes the queries: d x d, [out, in], without bias.</summary>
    public required float[] Query { get; init; }

    /// <summary>Makes the keys: d x d.</summary>
    public required float[] Key { get; init; }

    /// <summary>Makes the values: d x d.</summary>
    public required float[] Value { get; init; }

    /// <summary>Puts the heads together: d x d.</summary>
    public required float[] Output { get; init; }

    /// <summary>Scale of the norm after attention: d.</summary>
    public required float[] AttentionNormWeight { get; init; }

    /// <summary>Shift of the norm after attention: d.</summary>
    public required float[] AttentionNormBias { get; init; }

    /// <summary>First layer of the feed-forward network, before ReLU: 4d x d.</summary>
    public required float[] Inner { get; init; }

    /// <summary>Its bias: 4d.</summary>
    public required float[] InnerBias { get; init; }

    /// <summary>Second layer of the feed-forward network: d x 4d.</summary>
    public required float[] Outer { get; init; }

    /// <summary>Its bias: d.</summary>
    public required float[] OuterBias { get; init; }

    /// <summary>Scale of the norm after the feed-forward network: d.</summary>
    public required float[] OutputNormWeight { get; init; }

    /// <summary>Shift of the norm after the feed-forward network: d.</summary>
    public required float[] OutputNormBias { get; init; }
}

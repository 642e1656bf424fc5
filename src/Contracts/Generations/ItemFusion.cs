namespace Rearm.Streaming.Contracts.Generations;

/// <summary>The fusion of <see cref="ItemEncoderWeights"/>: one layer of BERT over the tokens of an item's modalities.</summary>
public sealed record ItemFusion
{
    /// <summary>Heads of the attention; divides the width.</summary>
    public required int Heads { get; init; }

    /// <summary>Numbers between the two layers of the feed-forward network, 1 to <see cref="ItemEncoderWeights.MaxInnerWidth"/>.</summary>
    public required int InnerWidth { get; init; }

    /// <summary>Makes the queries: d x d.</summary>
    public required LinearLayer Query { get; init; }

    /// <summary>Makes the keys: d x d.</summary>
    public required LinearLayer Key { get; init; }

    /// <summary>Makes the values: d x d.</summary>
    public required LinearLayer Value { get; init; }

    /// <summary>Puts the heads together: d x d.</summary>
    public required LinearLayer Output { get; init; }

    /// <summary>Scale of the norm after attention: d.</summary>
    public required float[] AttentionNormWeight { get; init; }

    /// <summary>Shift of the norm after attention: d.</summary>
    public required float[] AttentionNormBias { get; init; }

    /// <summary>First layer of the feed-forward network, before GELU: inner width x d.</summary>
    public required LinearLayer Inner { get; init; }

    /// <summary>Second layer of the feed-forward network: d x inner width.</summary>
    public required LinearLayer Outer { get; init; }

    /// <summary>Scale of the norm after the feed-forward network: d.</summary>
    public required float[] OutputNormWeight { get; init; }

    /// <summary>Shift of the norm after the feed-forward network: d.</summary>
    public required float[] OutputNormBias { get; init; }
}

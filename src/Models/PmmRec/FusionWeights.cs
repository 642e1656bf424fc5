namespace Rearm.Streaming.Models.PmmRec;

/// <summary>A trained <see cref="FusionLayer"/> without any tensors.</summary>
internal sealed record FusionWeights
{
    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>d x d.</summary>
    public required LayerWeights Query { get; init; }

    /// <summary>d x d.</summary>
    public required LayerWeights Key { get; init; }

    /// <summary>d x d.</summary>
    public required LayerWeights Value { get; init; }

    /// <summary>Behind attention, d x d.</summary>
    public required LayerWeights Dense { get; init; }

    /// <summary>Of the layer norm behind it, d.</summary>
    public required float[] AttentionNormWeight { get; init; }

    /// <summary>Of the layer norm behind it, d.</summary>
    public required float[] AttentionNormBias { get; init; }

    /// <summary>Inner width x d.</summary>
    public required LayerWeights Inner { get; init; }

    /// <summary>d x inner width.</summary>
    public required LayerWeights Outer { get; init; }

    /// <summary>Of the last layer norm, d.</summary>
    public required float[] OutputNormWeight { get; init; }

    /// <summary>Of the last layer norm, d.</summary>
    public required float[] OutputNormBias { get; init; }
}

namespace Rearm.Streaming.Models.Kernels;

/// <summary>Attention over tokens of width 1 has scalars for weights (eq. 5, 7): of query, key, value and output, each with a bias.</summary>
internal readonly record struct AttentionScalars(float Wq, float Wk, float Wv, float Bq, float Bk, float Bv, float Wo, float Bo)
{
    /// <summary>How many there are; <see cref="ChunkSums"/> of their gradients have them in this record's order.</summary>
    public const int Count = 8;
}

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Which attention weights are dropped: a function of the seed and the weight's position, so that nothing has to be stored for the way
/// back. One 32-bit hash decides two weights; a probability is a multiple of 1/65536.
/// </summary>
internal readonly struct AttentionDropout
{
    private const int Steps = 1 << 16;

    /// <param name="probability">Share of the weights dropped, 0 to 1.</param>
    /// <param name="seed">The same seed drops the same weights.</param>
    public AttentionDropout(double probability, long seed)
    {
        Threshold = (int)Math.Round(probability * Steps);
        Scale = Threshold == Steps ? 0 : (float)Steps / (Steps - Threshold);
        Seed = (ulong)seed;
    }

    /// <summary>A weight is kept if its 16 random bits are at least this: 0 keeps all, 65536 none.</summary>
    public int Threshold { get; }

    /// <summary>What kept weights are multiplied by, so that their expected sum stays: 1 / (1 - probability).</summary>
    public float Scale { get; }

    /// <summary>Decides which weights.</summary>
    public ulong Seed { get; }

    /// <summary>The key of the weights of two neighbouring tokens of a row (the finaliser of SplitMix64).</summary>
    /// <param name="position">row * d + token.</param>
    public int Key(long position)
    {
        var z = unchecked(Seed + 0x9E3779B97F4A7C15ul * ((ulong)position + 1));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ul;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBul;
        return unchecked((int)(z >> 32));
    }
}

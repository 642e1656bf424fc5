namespace Rearm.Streaming.Models.Training;

/// <summary>What is random in an epoch depends on the run's seed and the epoch's number alone, so that a run can go on from any epoch.</summary>
internal static class EpochSeed
{
    /// <summary>The epoch's own seed (the finaliser of SplitMix64).</summary>
    internal static int Of(int seed, int epoch)
    {
        var z = unchecked(((ulong)(uint)seed << 32 | (uint)epoch) + 0x9E3779B97F4A7C15ul);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ul);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBul);
        return (int)(uint)(z >> 33);
    }
}

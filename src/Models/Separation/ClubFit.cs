namespace Rearm.Streaming.Models.Separation;

/// <summary>What the network of the CLUB bound is fitted to (<see cref="ConditionalGaussian"/>).</summary>
public enum ClubFit
{
    /// <summary>A modality's generic half to its unique half, which is what the network then scores: the bound as its authors define it.</summary>
    Within,

    /// <summary>As SEA's program does: a later modality's half to the same half of an earlier one, generic and unique alike. What it then scores is no bound.</summary>
    Across,
}

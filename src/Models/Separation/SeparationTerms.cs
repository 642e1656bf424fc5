using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>The two losses, not weighted; a term that is switched off is null.</summary>
/// <param name="Solo">The alignment of generic halves.</param>
/// <param name="Bounds">Per modality, the CLUB bound as it comes.</param>
/// <param name="Club">The mean over modalities of the bounds, those below 0 counting as 0, without a gradient.</param>
/// <param name="Generic">Per modality, the generic half as the CLUB network takes it, items x width, without gradients.</param>
/// <param name="Unique">The same of the unique half.</param>
internal sealed record SeparationTerms(Tensor? Solo, Tensor[] Bounds, Tensor? Club, Tensor[] Generic, Tensor[] Unique)
{
    /// <summary>Both, weighted; null if both are switched off.</summary>
    internal Tensor? Total(SeparationParameters parameters)
    {
        var solo = Solo is null ? null : Solo.Times(parameters.SoloWeight);
        var club = Club is null ? null : Club.Times(parameters.ClubWeight);
        return solo is not null && club is not null ? club.Plus(solo) : solo ?? club;
    }
}

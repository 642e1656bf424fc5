using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec.Losses;

/// <summary>The terms of PMMRec's loss; null: left out.</summary>
/// <param name="Nip">Next-item prediction.</param>
/// <param name="Nicl">Contrast between modalities.</param>
/// <param name="Nid">Noise detection.</param>
/// <param name="Rcl">Contrast between users.</param>
/// <param name="ProgramNicl">The older program's contrast between modalities.</param>
/// <param name="Total">What is minimised.</param>
internal sealed record LossTerms(Tensor Nip, Tensor? Nicl, Tensor? Nid, Tensor? Rcl, Tensor? ProgramNicl, Tensor Total);

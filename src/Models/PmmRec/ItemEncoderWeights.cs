namespace Rearm.Streaming.Models.PmmRec;

/// <summary>A trained item encoder without any tensors: what it takes to compute the vector of an item that training has not seen.</summary>
/// <param name="Width">d.</param>
/// <param name="Projections">From each modality's vectors to width d, in the model's order; features are prepared as the snapshot's settings say.</param>
/// <param name="Fusion">Of several modalities; null with one.</param>
internal sealed record ItemEncoderWeights(int Width, IReadOnlyList<(string Modality, LayerWeights Layer)> Projections, FusionWeights? Fusion);

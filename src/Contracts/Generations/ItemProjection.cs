namespace Rearm.Streaming.Contracts.Generations;

/// <summary>The part of <see cref="ItemEncoderWeights"/> that makes a token of an item's vector in one modality.</summary>
/// <param name="Modality">Its name, as in an item's features.</param>
/// <param name="Inputs">Numbers in the item's vector.</param>
/// <param name="Mean">
/// What is taken from the vector before it is scaled to length 1: the mean of the items of the training; empty: the vector is taken as it is.
/// </param>
/// <param name="Layer">To width d: d x inputs.</param>
public sealed record ItemProjection(string Modality, int Inputs, float[] Mean, LinearLayer Layer);

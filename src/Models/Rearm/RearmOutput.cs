using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>What one forward pass gives, users first and then items (item i is row Users + i).</summary>
/// <param name="Modal">The modal parts after heterogeneous learning, nodes x (modalities * d) (eq. 11).</param>
/// <param name="Representation">The vectors whose inner product is the score (eq. 19).</param>
internal sealed record RearmOutput(Tensor Modal, Tensor Representation);

using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>What one forward pass gives.</summary>
/// <param name="Representation">The vectors whose inner product is the score, users first and then items (item i is row Users + i).</param>
/// <param name="Projected">Per modality, the items' projected vectors, which <see cref="SeparateLearning"/> splits.</param>
internal sealed record ModalOutput(Tensor Representation, IReadOnlyList<Tensor> Projected)
{
    /// <summary>The same nodes before any graph, where the model keeps them short; null: it doesn't.</summary>
    internal Tensor? Nodes { get; init; }
}

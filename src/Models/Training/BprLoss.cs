using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>Eq. 21: the mean of -log sigmoid(positive score - negative score).</summary>
internal static class BprLoss
{
    // Not softplus of the negative: TorchSharp hands its two numbers over as objects that a garbage collection may free while it runs (decision 5).
    internal static Tensor Forward(Tensor users, Tensor positives, Tensor negatives) =>
        -nn.functional.logsigmoid((users * (positives - negatives)).sum(1)).mean();
}

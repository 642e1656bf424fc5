using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm.Losses;

/// <summary>Eq. 21: the mean of -log sigmoid(positive score - negative score).</summary>
internal static class BprLoss
{
    internal static Tensor Forward(Tensor users, Tensor positives, Tensor negatives) =>
        nn.functional.softplus((users * (negatives - positives)).sum(1)).mean();
}

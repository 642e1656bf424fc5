using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec.Losses;

/// <summary>Noised item detection (NID): the mean cross-entropy, over real inputs, of telling what was done to each.</summary>
internal static class NoiseDetectionLoss
{
    /// <param name="logits">Of each position, B x L x kinds.</param>
    /// <param name="corrupted">What was done.</param>
    /// <param name="batch">The batch.</param>
    internal static Tensor Forward(Tensor logits, CorruptedBatch corrupted, SequenceBatch batch)
    {
        var inputs = logits.reshape(-1, CorruptedBatch.Kinds).index_select(0, Constant.Indices(batch.Inputs, logits));
        var labels = Constant.Indices(Array.ConvertAll(batch.Inputs, input => corrupted.Labels[input]), logits).unsqueeze(1);
        return -nn.functional.log_softmax(inputs, 1).gather(1, labels).mean();
    }
}

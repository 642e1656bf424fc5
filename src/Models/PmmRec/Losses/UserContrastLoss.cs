using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec.Losses;

/// <summary>
/// Robustness-aware contrast (RCL): each user's vector is told from the others' by the vector of the corrupted sequence; cosines, temperature 1.
/// </summary>
internal static class UserContrastLoss
{
    /// <param name="clean">States, B x L x d.</param>
    /// <param name="noisy">Over the corrupted batch.</param>
    /// <param name="batch">The batch; users without an input are left out.</param>
    internal static Tensor Forward(Tensor clean, Tensor noisy, SequenceBatch batch)
    {
        int[] users = [.. batch.Inputs.Select(input => input / batch.Length).Distinct()];
        var rows = Constant.Indices(users, clean);
        Tensor Vectors(Tensor states) => UnitRows.Of(states.select(1, batch.Length - 1).index_select(0, rows));
        return -nn.functional.log_softmax(Vectors(clean).matmul(Vectors(noisy).t()), 1).diagonal().mean();
    }
}

using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec.Losses;

/// <summary>
/// What PMMRec is trained by: next-item prediction, and in pre-training the others, all with weight 1; the older program's contrast shares a weight of 1 with
/// next-item prediction.
/// </summary>
internal static class PmmRecLoss
{
    /// <param name="model">The model.</param>
    /// <param name="items">Of the batch, B W rows.</param>
    /// <param name="batch">The batch, with a real input.</param>
    /// <param name="logPopularity">Of each row; null: not to be taken into account.</param>
    /// <param name="corrupted">Of the batch, where a loss needs it.</param>
    /// <param name="hyper">Which losses.</param>
    internal static LossTerms Terms(
        PmmRecModel model, EncodedItems items, SequenceBatch batch, Tensor? logPopularity, CorruptedBatch? corrupted, PmmRecHyperParameters hyper)
    {
        var states = model.States(items.Vectors, batch);
        var nip = NextItemLoss.Forward(states, items.Vectors, batch, logPopularity);
        var nicl = hyper.Losses.HasFlag(AuxiliaryLosses.Nicl) ? ModalityContrastLoss.Forward(items.Means, batch) : null;
        Tensor? nid = null, rcl = null;
        if (corrupted is not null)
        {
            var noisy = corrupted.States(model, items.Vectors, batch);
            nid = model.NoiseClassifier is { } classifier ? NoiseDetectionLoss.Forward(classifier.Steady(noisy), corrupted, batch) : null;
            rcl = hyper.Losses.HasFlag(AuxiliaryLosses.Rcl) ? UserContrastLoss.Forward(states, noisy, batch) : null;
        }
        var program = model.ContrastProjection is null ? null
            : ProgramContrastLoss.Forward(model.ContrastProjection, items.Means, batch, ProgramRows.Right(batch), hyper.Temperature);
        var total = program is null ? nip : nip.Times(1 - hyper.ContrastWeight).Plus(program.Times(hyper.ContrastWeight));
        foreach (var term in new[] { nicl, nid, rcl })
            if (term is not null)
                total = total.Plus(term);
        return new(nip, nicl, nid, rcl, program, total);
    }
}

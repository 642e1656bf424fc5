namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// The floating-point operations that one training step cannot do without: those of matrix products, sparse products, attention and the low-rank
/// transform, a multiplication and an addition counted as two. What goes once over each element (activations, norms, AdamW) is not counted.
/// </summary>
internal static class StepOperations
{
    // Back, a product of two matrices takes one more product for each of them that has a gradient.
    private const long Forth = 2;
    private const long ForthAndBackToOne = 4;
    private const long ForthAndBackToBoth = 6;

    /// <param name="inputs">Graphs and features.</param>
    /// <param name="hyper">The model's shape.</param>
    /// <param name="distinctUsers">Of a batch.</param>
    /// <param name="distinctItems">Of a batch, positives and negatives.</param>
    internal static long Count(RearmInputs inputs, RearmHyperParameters hyper, long distinctUsers, long distinctItems)
    {
        long d = hyper.Dimension, modalities = inputs.Modalities.Count, users = inputs.Users, items = inputs.Items, pairs = modalities * (modalities - 1) / 2;
        var width = (1 + modalities) * d;
        var projections = inputs.Modalities.Sum(m => hyper.TrainFeatures
            ? ForthAndBackToBoth * (users + items) * m.Dimension * d
            : ForthAndBackToOne * (2 * items * m.Dimension + m.MeanOfItems.Entries) * d);
        var graphs = ForthAndBackToOne * width * (
            hyper.UserGraphLayers * (inputs.UserGraph?.Entries ?? 0)
            + hyper.ItemGraphLayers * (inputs.ItemGraph?.Entries ?? 0)
            + hyper.Layers * inputs.InteractionGraph.Entries);
        // Two products for each pair of coordinates forth, four back.
        var attention = 2 * ForthAndBackToBoth * items * d * d * (modalities == 1 ? 1 : 2 * modalities);
        var meta = modalities == 0 || hyper.Without.HasFlag(Ablations.Meta) ? 0 : (users + items) * Meta(hyper, modalities);
        var contrast = hyper.ContrastWeight > 0 ? pairs * ForthAndBackToBoth * d * (distinctUsers * distinctUsers + distinctItems * distinctItems) : 0;
        var orthogonality = hyper.OrthogonalityWeight > 0 ? pairs * ForthAndBackToBoth * 2 * hyper.BatchSize * d * d : 0;
        return projections + graphs + attention + meta + contrast + orthogonality;
    }

    /// <summary>Of one node: the projection, two networks of two layers, and the transform.</summary>
    private static long Meta(RearmHyperParameters hyper, long modalities)
    {
        long d = hyper.Dimension, inner = d * hyper.Rank;
        var (projection, firstLayer) = hyper.TrainMetaProjection ? (ForthAndBackToBoth, ForthAndBackToBoth) : (Forth, ForthAndBackToOne);
        return projection * modalities * d * d + 2 * (firstLayer * d * inner + ForthAndBackToBoth * inner * inner) + ForthAndBackToBoth * 2 * inner;
    }
}

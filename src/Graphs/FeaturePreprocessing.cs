using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>Prepares raw features so that cosines can tell items apart: raw vectors often point in nearly the same direction.</summary>
public static class FeaturePreprocessing
{
    /// <summary>
    /// The prepared vectors, a row per item; zeros where an item has none. The means are taken over the items that have a vector, in the order of
    /// <paramref name="ranks"/>, so that they are the same bits whatever the order of rows.
    /// </summary>
    /// <param name="features">Raw vectors.</param>
    /// <param name="preprocessing"><see cref="GraphSettings.CenteredL2"/> or <see cref="GraphSettings.None"/>.</param>
    /// <param name="ranks">Of each item (<see cref="IdOrder"/>).</param>
    /// <exception cref="ArgumentException">No such preprocessing.</exception>
    public static FloatMatrix Apply(ModalityFeatures features, string preprocessing, int[] ranks) => preprocessing switch
    {
        GraphSettings.CenteredL2 => CenterAndScale(features, ranks),
        GraphSettings.None => Copy(features),
        _ => throw new ArgumentException($"The preprocessing is \"{preprocessing}\"; \"{GraphSettings.CenteredL2}\" or \"{GraphSettings.None}\" is needed.", nameof(preprocessing)),
    };

    /// <summary>What <see cref="GraphSettings.CenteredL2"/> takes from each vector: the mean of the items that have one; zeros if none has.</summary>
    /// <param name="features">Raw vectors.</param>
    /// <param name="ranks">Of each item (<see cref="IdOrder"/>).</param>
    public static double[] Means(ModalityFeatures features, int[] ranks)
    {
        var (means, row) = (new double[features.Dimension], new float[features.Dimension]);
        var count = 0;
        foreach (var item in IdOrder.ByRank(ranks))
        {
            if (!features.Present[item])
                continue;
            count++;
            features.CopyRow(item, row);
            for (var d = 0; d < row.Length; d++)
                means[d] += row[d];
        }
        for (var d = 0; d < means.Length; d++)
            means[d] /= Math.Max(count, 1);
        return means;
    }

    private static FloatMatrix Copy(ModalityFeatures features)
    {
        var copy = new FloatMatrix(features.Items, features.Dimension);
        Parallel.For(0, features.Items, item => features.CopyRow(item, copy[item]));
        return copy;
    }

    private static FloatMatrix CenterAndScale(ModalityFeatures features, int[] ranks)
    {
        var prepared = Copy(features);
        var means = Means(features, ranks);
        Parallel.For(0, features.Items, () => new double[features.Dimension], (item, _, centred) =>
        {
            if (!features.Present[item])
                return centred;
            var row = prepared[item];
            var squares = 0.0;
            for (var d = 0; d < centred.Length; d++)
            {
                centred[d] = row[d] - means[d];
                squares += centred[d] * centred[d];
            }
            // A vector equal to the mean has no direction and stays zero.
            var scale = squares > 0 ? 1 / Math.Sqrt(squares) : 0;
            for (var d = 0; d < centred.Length; d++)
                row[d] = (float)(centred[d] * scale);
            return centred;
        }, _ => { });
        return prepared;
    }
}

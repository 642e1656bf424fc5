using System.Numerics.Tensors;
using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Benchmarks.Weights;

/// <summary>
/// Event types for a data set that has none: the better an item fits what its user touched in training, the more the user has done with it. An item's fit is
/// the cosine between its centred features and the sum of the user's other training items', the mean over modalities, plus noise of half its standard
/// deviation. Of all interactions the 15% that fit least are dislikes, then come 50% clicks, 20% carts and 15% purchases.
/// </summary>
internal static class SyntheticTypes
{
    /// <summary>What a dislike counts for here.</summary>
    public const float Dislike = -1;

    private const double Noise = 0.5;

    // The defaults of GraphBuilder:EventTypes: a click, a cart, a purchase.
    private static readonly (double UpTo, float Weight)[] Types = [(0.15, Dislike), (0.65, 1), (0.85, 3), (1, 5)];

    /// <summary>What each row of train, valid and test counts for; <see cref="Dislike"/> for a dislike.</summary>
    public static Dictionary<Split, float[]> Weights(Dataset data, int seed)
    {
        var random = new Random(seed);
        var rows = Enum.GetValues<Split>().SelectMany(split => Enumerable.Range(0, data[split].Count).Select(row => (Split: split, Row: row))).ToArray();
        var fits = Fits(data, rows);
        var deviation = Math.Sqrt(fits.Average(f => f * f));
        var noisy = Array.ConvertAll(fits, fit => fit + Noise * deviation * Normal(random));
        var order = Enumerable.Range(0, rows.Length).ToArray();
        Array.Sort(noisy, order);
        var weights = Enum.GetValues<Split>().ToDictionary(split => split, split => new float[data[split].Count]);
        for (var rank = 0; rank < order.Length; rank++)
            weights[rows[order[rank]].Split][rows[order[rank]].Row] = Types.First(t => (rank + 1.0) / order.Length <= t.UpTo).Weight;
        return weights;
    }

    private static double[] Fits(Dataset data, (Split Split, int Row)[] rows)
    {
        var fits = new double[rows.Length];
        foreach (var modality in data.Features)
        {
            var items = Centred([.. Enumerable.Range(0, data.ItemCount).Select(modality.ToFloats)]);
            var users = new float[data.UserCount][];
            for (var row = 0; row < data.Train.Count; row++)
            {
                var sum = users[data.Train.Users[row]] ??= new float[modality.Dimension];
                TensorPrimitives.Add(sum, items[data.Train.Items[row]], sum);
            }
            var others = new float[modality.Dimension];
            for (var n = 0; n < rows.Length; n++)
            {
                var (user, item) = (data[rows[n].Split].Users[rows[n].Row], items[data[rows[n].Split].Items[rows[n].Row]]);
                if (users[user] is not { } sum)
                    continue;
                sum.CopyTo(others, 0);
                // Not with itself.
                if (rows[n].Split == Split.Train)
                    TensorPrimitives.Subtract(others, item, others);
                if (TensorPrimitives.Norm<float>(others) > 1e-6f && TensorPrimitives.Norm<float>(item) > 1e-6f)
                    fits[n] += TensorPrimitives.CosineSimilarity<float>(others, item) / data.Features.Count;
            }
        }
        var mean = fits.Average();
        return Array.ConvertAll(fits, fit => fit - mean);
    }

    private static float[][] Centred(float[][] rows)
    {
        var mean = new float[rows[0].Length];
        foreach (var row in rows)
            TensorPrimitives.MultiplyAdd(row, 1f / rows.Length, mean, mean);
        foreach (var row in rows)
            TensorPrimitives.Subtract(row, mean, row);
        return rows;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

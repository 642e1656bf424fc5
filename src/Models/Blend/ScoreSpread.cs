using System.Numerics.Tensors;
using Rearm.Streaming.Models.Ials;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Blend;

/// <summary>How far a user's scores spread over the items: their standard deviation.</summary>
internal static class ScoreSpread
{
    /// <summary>Of one user's scores.</summary>
    /// <param name="scores">Of all items.</param>
    internal static float Of(ReadOnlySpan<float> scores) => scores.IsEmpty ? 0 : TensorPrimitives.StdDev(scores);

    /// <summary>
    /// Of every user's inner products, without computing them: the variance of u'v over the items' vectors v is u' Cov(v) u, so that a user costs d^2
    /// operations, however many items there are.
    /// </summary>
    /// <param name="vectors">Users and items, d wide.</param>
    /// <returns>One number for each user.</returns>
    internal static float[] Of(ModelVectors vectors)
    {
        var (width, rows) = (vectors.Width, vectors.Items.Length / vectors.Width);
        var spreads = new float[vectors.Users.Length / width];
        if (rows == 0)
            return spreads;
        var covariance = Gram.Of(Centred(vectors.Items, width), width, diagonal: 0);
        TensorPrimitives.Divide(covariance, rows, covariance);
        Parallel.For(0, spreads.Length, u =>
        {
            var user = vectors.Users.AsSpan(u * width, width);
            var variance = 0.0;
            for (var a = 0; a < width; a++)
                variance += user[a] * TensorPrimitives.Dot<float>(user, covariance.AsSpan(a * width, width));
            // Rounding can leave less than nothing of scores that are all the same.
            spreads[u] = (float)Math.Sqrt(Math.Max(0, variance));
        });
        return spreads;
    }

    private static float[] Centred(float[] items, int width)
    {
        var mean = new double[width];
        for (var i = 0; i < items.Length; i++)
            mean[i % width] += items[i];
        var centre = Array.ConvertAll(mean, sum => (float)(sum * width / items.Length));
        var centred = new float[items.Length];
        for (var row = 0; row < items.Length; row += width)
            TensorPrimitives.Subtract(items.AsSpan(row, width), centre, centred.AsSpan(row, width));
        return centred;
    }
}

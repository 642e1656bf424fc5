namespace Rearm.Streaming.Server.Encoders;

/// <summary>Does to an item's raw vector what was done to those that the model was trained on.</summary>
internal static class FeaturePreparation
{
    /// <summary>Takes the mean off and scales to length 1, in double precision like the training; a vector equal to the mean becomes zeros.</summary>
    /// <param name="vector">The numbers; replaced.</param>
    /// <param name="mean">As many; empty: the vector stays as it is.</param>
    /// <returns>The squared length then.</returns>
    public static double Apply(Span<float> vector, ReadOnlySpan<float> mean)
    {
        var squares = 0.0;
        for (var d = 0; d < vector.Length; d++)
        {
            var centred = mean.IsEmpty ? vector[d] : (double)vector[d] - mean[d];
            squares += centred * centred;
        }
        if (mean.IsEmpty)
            return squares;
        var scale = squares > 0 ? 1 / Math.Sqrt(squares) : 0;
        for (var d = 0; d < vector.Length; d++)
            vector[d] = (float)(((double)vector[d] - mean[d]) * scale);
        return squares > 0 ? 1 : 0;
    }
}

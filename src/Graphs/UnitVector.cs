namespace Rearm.Streaming.Graphs;

/// <summary>A vector scaled to length 1, so that inner products are cosines.</summary>
internal static class UnitVector
{
    /// <summary>Writes it; what <paramref name="scaled"/> has beyond the vector's width stays as it is.</summary>
    /// <param name="vector">Not all zeros.</param>
    /// <param name="scaled">At least as wide.</param>
    public static void Write(ReadOnlySpan<float> vector, Span<float> scaled)
    {
        var squares = 0.0;
        foreach (var value in vector)
            squares += (double)value * value;
        var scale = 1 / Math.Sqrt(squares);
        for (var d = 0; d < vector.Length; d++)
            scaled[d] = (float)(vector[d] * scale);
    }
}

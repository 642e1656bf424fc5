namespace Rearm.Streaming.Models.Kernels;

/// <summary>Sums over rows, kept by chunk and added up in the order of chunks: the same bits whichever thread had which chunk.</summary>
/// <param name="chunks">Number of chunks.</param>
/// <param name="width">Numbers that are summed side by side.</param>
internal sealed class ChunkSums(int chunks, int width)
{
    private readonly float[] _sums = new float[chunks * width];

    /// <summary>A chunk's sums, zeros to begin with.</summary>
    public Span<float> this[int chunk] => _sums.AsSpan(chunk * width, width);

    /// <summary>Back to zeros, to be used again.</summary>
    public void Clear() => Array.Clear(_sums);

    /// <summary>The sums over all chunks.</summary>
    public float[] Total()
    {
        var total = new float[width];
        for (var i = 0; i < width; i++)
        {
            var sum = 0.0;
            for (var chunk = 0; chunk < chunks; chunk++)
                sum += _sums[chunk * width + i];
            total[i] = (float)sum;
        }
        return total;
    }
}

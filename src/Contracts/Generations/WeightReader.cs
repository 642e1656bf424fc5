using System.Runtime.InteropServices;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>Takes arrays out of verified <see cref="WeightChunks"/>, in the order in which they were stored.</summary>
internal sealed class WeightReader(IReadOnlyList<byte[]?> chunks)
{
    private int _chunk;
    private int _offset;

    /// <summary>The next so many numbers.</summary>
    public float[] Take(int count)
    {
        var values = new float[count];
        for (var filled = 0; filled < count;)
        {
            var left = MemoryMarshal.Cast<byte, float>(chunks[_chunk])[_offset..];
            var taken = Math.Min(left.Length, count - filled);
            left[..taken].CopyTo(values.AsSpan(filled));
            (filled, _offset) = (filled + taken, _offset + taken);
            if (taken == left.Length)
                (_chunk, _offset) = (_chunk + 1, 0);
        }
        return values;
    }

    /// <summary>The next weight and bias.</summary>
    public LinearLayer Layer(int outputs, int inputs) => new(Take(outputs * inputs), Take(outputs));
}

using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>Weights as they are stored with a generation: arrays one after the other, float32 and little endian, in bounded chunks.</summary>
internal static class WeightChunks
{
    /// <summary>Numbers of a chunk: 4 MiB.</summary>
    public const int NumbersPerChunk = 1 << 20;

    /// <summary>The chunks in order, one at a time.</summary>
    public static IEnumerable<(ChunkInfo Info, byte[] Bytes)> Of(IReadOnlyList<float[]> arrays)
    {
        var numbers = new float[(int)Math.Min(NumbersPerChunk, arrays.Sum(array => (long)array.Length))];
        var filled = 0;
        foreach (var values in arrays)
            for (var start = 0; start < values.Length;)
            {
                var count = Math.Min(values.Length - start, numbers.Length - filled);
                values.AsSpan(start, count).CopyTo(numbers.AsSpan(filled));
                (start, filled) = (start + count, filled + count);
                if (filled < numbers.Length)
                    continue;
                yield return Describe(numbers);
                filled = 0;
            }
        if (filled > 0)
            yield return Describe(numbers.AsSpan(0, filled));
    }

    /// <summary>Verifies a chunk.</summary>
    /// <param name="info">What it should be.</param>
    /// <param name="bytes">As stored; null: it is not there.</param>
    /// <param name="name">What to call it.</param>
    /// <exception cref="ContractException">Missing, damaged, or of the wrong size.</exception>
    public static void Verify(ChunkInfo info, byte[]? bytes, string name)
    {
        var verified = GenerationCodec.Verified(info, bytes, name);
        if (verified.Length != (long)info.Rows * sizeof(float))
            throw new ContractException($"The {name} has {verified.Length} bytes for {info.Rows} numbers.");
    }

    /// <summary>Requires that chunks make up the weights.</summary>
    /// <exception cref="ContractException">They do not.</exception>
    public static void CheckCount(IReadOnlyList<ChunkInfo> chunks, long needed, string name)
    {
        if (chunks.Sum(c => (long)c.Rows) is var found && (found != needed || chunks.Any(c => c.Rows <= 0)))
            throw new ContractException($"The {name} does not add up: chunks of {found} numbers; {needed} are needed.");
    }

    private static (ChunkInfo, byte[]) Describe(ReadOnlySpan<float> numbers) =>
        GenerationCodec.Describe(numbers.Length, MemoryMarshal.AsBytes(numbers).ToArray());
}

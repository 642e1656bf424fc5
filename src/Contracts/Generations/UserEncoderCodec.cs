using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>A user encoder as it is stored with a generation: its shape in the manifest, its weights one after the other in bounded chunks.</summary>
public static class UserEncoderCodec
{
    /// <summary>Numbers of a chunk: 4 MiB.</summary>
    public const int NumbersPerChunk = 1 << 20;

    /// <summary>The manifest's part without its chunks; the writer adds each one it wrote.</summary>
    /// <param name="weights">The encoder.</param>
    /// <param name="dimension">The generation's.</param>
    /// <exception cref="ContractException">It can't be served: another width, or <see cref="UserEncoderWeights.Check"/> refuses it.</exception>
    public static UserEncoderShape Describe(UserEncoderWeights weights, int dimension)
    {
        weights.Check();
        if (weights.Width != dimension)
            throw new ContractException($"The user encoder is {weights.Width} wide, but the items' vectors have {dimension} numbers.");
        return new() { Length = weights.Length, Heads = weights.Heads, Blocks = weights.Blocks.Count };
    }

    /// <summary>The chunks in order, one at a time.</summary>
    public static IEnumerable<(ChunkInfo Info, byte[] Bytes)> Chunks(UserEncoderWeights weights)
    {
        var numbers = new float[(int)Math.Min(NumbersPerChunk, Count(weights.Width, weights.Length, weights.Blocks.Count))];
        var filled = 0;
        foreach (var (_, values, _) in weights.Arrays())
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

    /// <summary>Reads and verifies the encoder of a generation.</summary>
    /// <param name="manifest">Read by <see cref="GenerationCodec.ReadManifest"/>; it has an encoder.</param>
    /// <param name="chunks">As stored, in order; null for one that is not there.</param>
    /// <exception cref="ContractException">A chunk is missing, damaged or of the wrong size, or a weight can't be served.</exception>
    public static UserEncoderWeights Read(GenerationManifest manifest, IReadOnlyList<byte[]?> chunks)
    {
        var encoder = manifest.UserEncoder;
        for (var chunk = 0; chunk < encoder.Chunks.Count; chunk++)
            ReadChunk(manifest, chunk, chunks[chunk]);
        var (at, offset) = (0, 0);
        var d = manifest.Dimension;
        var weights = new UserEncoderWeights
        {
            Width = d,
            Length = encoder.Length,
            Heads = encoder.Heads,
            Positions = Take(encoder.Length * d),
            InputNormWeight = Take(d),
            InputNormBias = Take(d),
            Blocks = [.. Enumerable.Range(0, encoder.Blocks).Select(_ => new UserEncoderBlock
            {
                Query = Take(d * d),
                Key = Take(d * d),
                Value = Take(d * d),
                Output = Take(d * d),
                AttentionNormWeight = Take(d),
                AttentionNormBias = Take(d),
                Inner = Take(4 * d * d),
                InnerBias = Take(4 * d),
                Outer = Take(4 * d * d),
                OuterBias = Take(d),
                OutputNormWeight = Take(d),
                OutputNormBias = Take(d),
            })],
        };
        weights.Check();
        return weights;

        float[] Take(int count)
        {
            var values = new float[count];
            for (var filled = 0; filled < count;)
            {
                var left = MemoryMarshal.Cast<byte, float>(chunks[at])[offset..];
                var taken = Math.Min(left.Length, count - filled);
                left[..taken].CopyTo(values.AsSpan(filled));
                (filled, offset) = (filled + taken, offset + taken);
                if (taken == left.Length)
                    (at, offset) = (at + 1, 0);
            }
            return values;
        }
    }

    /// <summary>Verifies a chunk.</summary>
    /// <exception cref="ContractException">Missing, damaged, or of the wrong size.</exception>
    public static void ReadChunk(GenerationManifest manifest, int index, byte[]? bytes)
    {
        var info = manifest.UserEncoder.Chunks[index];
        var verified = GenerationCodec.Verified(info, bytes, $"chunk {index} of the user encoder of generation {manifest.Number}");
        if (verified.Length != (long)info.Rows * sizeof(float))
            throw new ContractException(
                $"Chunk {index} of the user encoder of generation {manifest.Number} has {verified.Length} bytes for {info.Rows} numbers.");
    }

    /// <summary>Requires of a manifest that its encoder's shape is within the limits and that the chunks make up the weights.</summary>
    /// <exception cref="ContractException">They do not.</exception>
    internal static void Check(GenerationManifest manifest)
    {
        if (manifest.UserEncoder is not { } encoder)
            return;
        UserEncoderWeights.CheckShape(manifest.Dimension, encoder.Length, encoder.Heads, encoder.Blocks);
        var (found, needed) = (encoder.Chunks.Sum(c => (long)c.Rows), Count(manifest.Dimension, encoder.Length, encoder.Blocks));
        if (found != needed || encoder.Chunks.Any(c => c.Rows <= 0))
            throw new ContractException($"The user encoder of generation {manifest.Number} does not add up: chunks of {found} numbers; {needed} are needed.");
    }

    private static long Count(int width, int length, int blocks) => (length + 2L) * width + blocks * (12L * width * width + 9L * width);

    private static (ChunkInfo, byte[]) Describe(ReadOnlySpan<float> numbers) =>
        GenerationCodec.Describe(numbers.Length, MemoryMarshal.AsBytes(numbers).ToArray());
}

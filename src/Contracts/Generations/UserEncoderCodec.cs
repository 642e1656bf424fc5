using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>A user encoder as it is stored with a generation: its shape in the manifest, its weights one after the other in bounded chunks.</summary>
public static class UserEncoderCodec
{
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
    public static IEnumerable<(ChunkInfo Info, byte[] Bytes)> Chunks(UserEncoderWeights weights) =>
        WeightChunks.Of([.. weights.Arrays().Select(array => array.Values)]);

    /// <summary>Reads and verifies the encoder of a generation.</summary>
    /// <param name="manifest">Read by <see cref="GenerationCodec.ReadManifest"/>; it has an encoder.</param>
    /// <param name="chunks">As stored, in order; null for one that is not there.</param>
    /// <exception cref="ContractException">A chunk is missing, damaged or of the wrong size, or a weight can't be served.</exception>
    public static UserEncoderWeights Read(GenerationManifest manifest, IReadOnlyList<byte[]?> chunks)
    {
        var encoder = manifest.UserEncoder;
        for (var chunk = 0; chunk < encoder.Chunks.Count; chunk++)
            ReadChunk(manifest, chunk, chunks[chunk]);
        var reader = new WeightReader(chunks);
        var d = manifest.Dimension;
        var weights = new UserEncoderWeights
        {
            Width = d,
            Length = encoder.Length,
            Heads = encoder.Heads,
            Positions = reader.Take(encoder.Length * d),
            InputNormWeight = reader.Take(d),
            InputNormBias = reader.Take(d),
            Blocks = [.. Enumerable.Range(0, encoder.Blocks).Select(_ => new UserEncoderBlock
            {
                Query = reader.Take(d * d),
                Key = reader.Take(d * d),
                Value = reader.Take(d * d),
                Output = reader.Take(d * d),
                AttentionNormWeight = reader.Take(d),
                AttentionNormBias = reader.Take(d),
                Inner = reader.Take(4 * d * d),
                InnerBias = reader.Take(4 * d),
                Outer = reader.Take(4 * d * d),
                OuterBias = reader.Take(d),
                OutputNormWeight = reader.Take(d),
                OutputNormBias = reader.Take(d),
            })],
        };
        weights.Check();
        return weights;
    }

    /// <summary>Verifies a chunk.</summary>
    /// <exception cref="ContractException">Missing, damaged, or of the wrong size.</exception>
    public static void ReadChunk(GenerationManifest manifest, int index, byte[]? bytes) =>
        WeightChunks.Verify(manifest.UserEncoder.Chunks[index], bytes, $"chunk {index} of the user encoder of generation {manifest.Number}");

    /// <summary>Requires of a manifest that its encoder's shape is within the limits and that the chunks make up the weights.</summary>
    /// <exception cref="ContractException">They do not.</exception>
    internal static void Check(GenerationManifest manifest)
    {
        if (manifest.UserEncoder is not { } encoder)
            return;
        UserEncoderWeights.CheckShape(manifest.Dimension, encoder.Length, encoder.Heads, encoder.Blocks);
        WeightChunks.CheckCount(
            encoder.Chunks, Count(manifest.Dimension, encoder.Length, encoder.Blocks), $"user encoder of generation {manifest.Number}");
    }

    private static long Count(int width, int length, int blocks) => (length + 2L) * width + blocks * (12L * width * width + 9L * width);
}

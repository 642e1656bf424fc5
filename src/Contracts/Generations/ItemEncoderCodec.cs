using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>
/// An item encoder as it is stored with a generation: its shape in the manifest, its weights in bounded chunks. A reader that knows of none serves new items
/// by interim vectors, as without one, so it changes no layout version.
/// </summary>
public static class ItemEncoderCodec
{
    /// <summary>The manifest's part without its chunks; the writer adds each one it wrote.</summary>
    /// <param name="weights">The encoder.</param>
    /// <param name="dimension">The generation's.</param>
    /// <exception cref="ContractException">It can't be served: another width, or <see cref="ItemEncoderWeights.Check"/> refuses it.</exception>
    public static ItemEncoderShape Describe(ItemEncoderWeights weights, int dimension)
    {
        weights.Check();
        if (weights.Width != dimension)
            throw new ContractException($"The item encoder is {weights.Width} wide, but the items' vectors have {dimension} numbers.");
        return new()
        {
            Preprocessing = weights.Preprocessing,
            Modalities = { weights.Projections.Select(p => new ItemEncoderModality { Name = p.Modality, Width = p.Inputs }) },
            Heads = weights.Fusion?.Heads ?? 0,
            InnerWidth = weights.Fusion?.InnerWidth ?? 0,
        };
    }

    /// <summary>The chunks in order, one at a time.</summary>
    public static IEnumerable<(ChunkInfo Info, byte[] Bytes)> Chunks(ItemEncoderWeights weights) =>
        WeightChunks.Of([.. weights.Arrays().Select(array => array.Values)]);

    /// <summary>Reads and verifies the item encoder of a generation.</summary>
    /// <param name="manifest">Read by <see cref="GenerationCodec.ReadManifest"/>; it has one.</param>
    /// <param name="chunks">As stored, in order; null for one that is not there.</param>
    /// <exception cref="ContractException">A chunk is missing, damaged or of the wrong size, or a weight can't be served.</exception>
    public static ItemEncoderWeights Read(GenerationManifest manifest, IReadOnlyList<byte[]?> chunks)
    {
        var (shape, d) = (manifest.ItemEncoder, manifest.Dimension);
        for (var chunk = 0; chunk < shape.Chunks.Count; chunk++)
            ReadChunk(manifest, chunk, chunks[chunk]);
        var reader = new WeightReader(chunks);
        var weights = new ItemEncoderWeights
        {
            Width = d,
            Preprocessing = shape.Preprocessing,
            Projections = [.. shape.Modalities.Select(modality => new ItemProjection(
                modality.Name, modality.Width, reader.Take(IsCentred(shape) ? modality.Width : 0), reader.Layer(d, modality.Width)))],
            Fusion = shape.Modalities.Count == 1 ? null : new()
            {
                Heads = shape.Heads,
                InnerWidth = shape.InnerWidth,
                Query = reader.Layer(d, d),
                Key = reader.Layer(d, d),
                Value = reader.Layer(d, d),
                Output = reader.Layer(d, d),
                AttentionNormWeight = reader.Take(d),
                AttentionNormBias = reader.Take(d),
                Inner = reader.Layer(shape.InnerWidth, d),
                Outer = reader.Layer(d, shape.InnerWidth),
                OutputNormWeight = reader.Take(d),
                OutputNormBias = reader.Take(d),
            },
        };
        weights.Check();
        return weights;
    }

    /// <summary>Verifies a chunk.</summary>
    /// <exception cref="ContractException">Missing, damaged, or of the wrong size.</exception>
    public static void ReadChunk(GenerationManifest manifest, int index, byte[]? bytes) =>
        WeightChunks.Verify(manifest.ItemEncoder.Chunks[index], bytes, $"chunk {index} of the item encoder of generation {manifest.Number}");

    /// <summary>Requires of a manifest that its item encoder's shape is within the limits and that the chunks make up the weights.</summary>
    /// <exception cref="ContractException">They do not.</exception>
    internal static void Check(GenerationManifest manifest)
    {
        if (manifest.ItemEncoder is not { } shape)
            return;
        ItemEncoderWeights.CheckShape(
            manifest.Dimension, shape.Preprocessing, [.. shape.Modalities.Select(m => (m.Name, m.Width))], shape.Heads, shape.InnerWidth);
        WeightChunks.CheckCount(shape.Chunks, Count(shape, manifest.Dimension), $"item encoder of generation {manifest.Number}");
    }

    private static bool IsCentred(ItemEncoderShape shape) => shape.Preprocessing == SnapshotSettings.CenteredL2;

    private static long Count(ItemEncoderShape shape, int d)
    {
        var projections = shape.Modalities.Sum(m => (IsCentred(shape) ? m.Width : 0L) + Layer(d, m.Width));
        return shape.Modalities.Count == 1 ? projections : projections + 4 * Layer(d, d) + Layer(shape.InnerWidth, d) + Layer(d, shape.InnerWidth) + 4L * d;
    }

    private static long Layer(long outputs, long inputs) => outputs * (inputs + 1);
}

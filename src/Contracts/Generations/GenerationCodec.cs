using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>A model generation as a manifest and bounded chunks of rows, each checked on reading.</summary>
public static class GenerationCodec
{
    /// <summary>The layout version.</summary>
    public const uint Version = 1;

    /// <summary>Rows of a chunk: about 3 MiB at 192 numbers a row.</summary>
    public const int RowsPerChunk = 4096;

    /// <summary>The manifest without its chunks; the writer sets number and time, and adds each chunk it wrote.</summary>
    public static GenerationManifest Describe(ModelGeneration generation)
    {
        var manifest = new GenerationManifest
        {
            Version = Version,
            Snapshot = generation.Snapshot,
            Dimension = generation.Dimension,
            Users = generation.UserIds.Length,
            Items = generation.ItemIds.Length,
        };
        foreach (var (name, value) in generation.Metrics)
            manifest.Metrics.Add(name, value);
        foreach (var (name, value) in generation.Settings)
            manifest.Settings.Add(name, value);
        return manifest;
    }

    /// <summary>The item chunks in order, one at a time.</summary>
    public static IEnumerable<(ChunkInfo Info, byte[] Bytes)> ItemChunks(ModelGeneration generation)
    {
        foreach (var (start, end) in Ranges(generation.ItemIds.Length))
        {
            var chunk = new ItemChunk { Vectors = Rows(generation.ItemVectors, generation.Dimension, start, end) };
            for (var i = start; i < end; i++)
            {
                chunk.ItemIds.Add(generation.ItemIds[i]);
                chunk.Popularity.Add(generation.Popularity[i]);
                chunk.Categories.Add(new StringList { Values = { generation.Categories[i] } });
                chunk.Available.Add(generation.Available[i]);
            }
            yield return Describe(end - start, chunk.ToByteArray());
        }
    }

    /// <summary>The user chunks in order, one at a time.</summary>
    public static IEnumerable<(ChunkInfo Info, byte[] Bytes)> UserChunks(ModelGeneration generation)
    {
        foreach (var (start, end) in Ranges(generation.UserIds.Length))
        {
            var chunk = new UserChunk { Vectors = Rows(generation.UserVectors, generation.Dimension, start, end) };
            chunk.UserIds.Add(generation.UserIds[start..end]);
            yield return Describe(end - start, chunk.ToByteArray());
        }
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public static GenerationManifest ReadManifest(byte[] bytes)
    {
        var manifest = Parse(GenerationManifest.Parser, bytes, "generation manifest");
        ContractException.RequireVersion("generation manifest", manifest.Version, Version);
        if (manifest.ItemChunks.Sum(c => (long)c.Rows) != manifest.Items || manifest.UserChunks.Sum(c => (long)c.Rows) != manifest.Users || manifest.Dimension <= 0)
            throw new ContractException($"The manifest of generation {manifest.Number} does not add up: {manifest.Items} items, {manifest.Users} users, dimension {manifest.Dimension}, chunks of {manifest.ItemChunks.Sum(c => (long)c.Rows)} and {manifest.UserChunks.Sum(c => (long)c.Rows)} rows.");
        return manifest;
    }

    /// <summary>Reads and verifies an item chunk.</summary>
    /// <exception cref="ContractException">Missing, damaged, or of the wrong size.</exception>
    public static ItemChunk ReadItems(GenerationManifest manifest, int index, byte[]? bytes)
    {
        var info = manifest.ItemChunks[index];
        var chunk = Parse(ItemChunk.Parser, Verified(info, bytes, $"item chunk {index} of generation {manifest.Number}"), "item chunk");
        RequireRows(manifest, info, index, "item", chunk.Vectors, chunk.ItemIds.Count, chunk.Popularity.Count, chunk.Categories.Count, chunk.Available.Count);
        return chunk;
    }

    /// <summary>Reads and verifies a user chunk.</summary>
    /// <exception cref="ContractException">Missing, damaged, or of the wrong size.</exception>
    public static UserChunk ReadUsers(GenerationManifest manifest, int index, byte[]? bytes)
    {
        var info = manifest.UserChunks[index];
        var chunk = Parse(UserChunk.Parser, Verified(info, bytes, $"user chunk {index} of generation {manifest.Number}"), "user chunk");
        RequireRows(manifest, info, index, "user", chunk.Vectors, chunk.UserIds.Count);
        return chunk;
    }

    private static void RequireRows(GenerationManifest manifest, ChunkInfo info, int index, string kind, ByteString vectors, params ReadOnlySpan<int> counts)
    {
        foreach (var count in counts)
            if (count != info.Rows)
                throw new ContractException($"{kind} chunk {index} of generation {manifest.Number} has {count} entries for {info.Rows} rows.");
        if (vectors.Length != (long)info.Rows * manifest.Dimension * sizeof(float))
            throw new ContractException($"{kind} chunk {index} of generation {manifest.Number} has {vectors.Length} bytes of vectors for {info.Rows} rows of {manifest.Dimension} numbers.");
    }

    private static byte[] Verified(ChunkInfo info, byte[]? bytes, string name)
    {
        if (bytes is null)
            throw new ContractException($"The {name} is missing: the generation has expired or was not written completely.");
        if (bytes.Length != info.Length || !SHA256.HashData(bytes).AsSpan().SequenceEqual(info.Sha256.Span))
            throw new ContractException($"The {name} is damaged: {bytes.Length} bytes of {info.Length}, or its checksum differs.");
        return bytes;
    }

    private static (ChunkInfo, byte[]) Describe(int rows, byte[] bytes) =>
        (new ChunkInfo { Rows = rows, Length = bytes.Length, Sha256 = ByteString.CopyFrom(SHA256.HashData(bytes)) }, bytes);

    private static IEnumerable<(int Start, int End)> Ranges(int rows)
    {
        for (var start = 0; start < rows; start += RowsPerChunk)
            yield return (start, Math.Min(start + RowsPerChunk, rows));
    }

    private static ByteString Rows(float[] vectors, int dimension, int start, int end) =>
        ByteString.CopyFrom(MemoryMarshal.AsBytes(vectors.AsSpan(start * dimension, (end - start) * dimension)));

    private static T Parse<T>(MessageParser<T> parser, byte[] bytes, string name) where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ContractException($"The {bytes.Length} bytes are not a {name}: {e.Message}", e);
        }
    }
}

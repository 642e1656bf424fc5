using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>
/// A model generation as a manifest and bounded chunks of items and of users' ids, each checked on reading; the users' vectors are
/// <see cref="UserVectorCodec"/>'s, and the chunks of encoders <see cref="UserEncoderCodec"/>'s and <see cref="ItemEncoderCodec"/>'s.
/// </summary>
public static class GenerationCodec
{
    /// <summary>The layout version.</summary>
    public const uint Version = 3;

    /// <summary>The version of a generation without a <see cref="ModelGeneration.UserEncoder"/>: releases that know of none read it as well.</summary>
    public const uint PlainVersion = 2;

    /// <summary>Rows of a chunk: about 2 MiB at 192 numbers a row and 10 neighbours in each of three graphs.</summary>
    public const int RowsPerChunk = 2048;

    /// <summary>The manifest without its chunks; the writer sets number and time, and adds each chunk it wrote. The seed of its vectors is a new one.</summary>
    public static GenerationManifest Describe(ModelGeneration generation)
    {
        var manifest = new GenerationManifest
        {
            Version = generation.UserEncoder is null ? PlainVersion : Version,
            Snapshot = generation.Snapshot,
            Dimension = generation.Dimension,
            Users = generation.UserIds.Length,
            Items = generation.ItemIds.Length,
            VectorSeed = Random.Shared.NextInt64(),
            UserEncoder = generation.UserEncoder is { } encoder ? UserEncoderCodec.Describe(encoder, generation.Dimension) : null,
            ItemEncoder = generation.ItemEncoder is { } items ? ItemEncoderCodec.Describe(items, generation.Dimension) : null,
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
        var hashes = generation.Graphs.Count == 0 ? [] : Array.ConvertAll(generation.ItemIds, StableHash.Of);
        foreach (var (start, end) in Ranges(generation.ItemIds.Length))
        {
            var chunk = new ItemChunk { Vectors = Rows(generation.ItemVectors, generation.Dimension, start, end) };
            chunk.Links.Add(generation.Graphs.Select(graph => ItemLinksCodec.Describe(graph, hashes, start, end)));
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

    /// <summary>The chunks of the users' ids in order, one at a time.</summary>
    public static IEnumerable<(ChunkInfo Info, byte[] Bytes)> UserChunks(ModelGeneration generation)
    {
        foreach (var (start, end) in Ranges(generation.UserIds.Length))
        {
            yield return Describe(end - start, new UserChunk { UserIds = { generation.UserIds[start..end] } }.ToByteArray());
        }
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public static GenerationManifest ReadManifest(byte[] bytes)
    {
        var manifest = StoredMessage.Parse(GenerationManifest.Parser, bytes, "generation manifest");
        if (manifest.Version != PlainVersion || manifest.UserEncoder is not null)
            ContractException.RequireVersion("generation manifest", manifest.Version, Version);
        if (manifest.ItemChunks.Sum(c => (long)c.Rows) != manifest.Items || manifest.UserChunks.Sum(c => (long)c.Rows) != manifest.Users || manifest.Dimension <= 0)
            throw new ContractException($"The manifest of generation {manifest.Number} does not add up: {manifest.Items} items, {manifest.Users} users, dimension {manifest.Dimension}, chunks of {manifest.ItemChunks.Sum(c => (long)c.Rows)} and {manifest.UserChunks.Sum(c => (long)c.Rows)} rows.");
        UserEncoderCodec.Check(manifest);
        ItemEncoderCodec.Check(manifest);
        return manifest;
    }

    /// <summary>Stands in a manifest for a chunk that was taken out; there need be none under its key.</summary>
    public static ChunkInfo NoChunk => new();

    /// <summary>Reads and verifies an item chunk; one without rows is not looked at.</summary>
    /// <exception cref="ContractException">Missing, damaged, or of the wrong size.</exception>
    public static ItemChunk ReadItems(GenerationManifest manifest, int index, byte[]? bytes)
    {
        var info = manifest.ItemChunks[index];
        if (info.Rows == 0)
            return new();
        var chunk = StoredMessage.Parse(ItemChunk.Parser, Verified(info, bytes, ItemsName(manifest, index)), "item chunk");
        CheckItems(manifest, index, chunk, chunk.Vectors.Length);
        return chunk;
    }

    /// <summary>Reads and verifies an item chunk that has rows, all but its vectors: they are most of it, and stay where they are.</summary>
    /// <param name="manifest">Names it.</param>
    /// <param name="index">Its place.</param>
    /// <param name="bytes">As stored; empty: it is missing.</param>
    /// <param name="vectors">Its vectors, within <paramref name="bytes"/>.</param>
    /// <exception cref="ContractException">Missing, damaged, or of the wrong size.</exception>
    public static ItemChunk ReadItems(GenerationManifest manifest, int index, ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> vectors)
    {
        if (bytes.IsEmpty)
            throw Missing(ItemsName(manifest, index));
        Verify(manifest.ItemChunks[index], bytes, ItemsName(manifest, index));
        var (field, content) = StoredField.Find(bytes, ItemChunk.VectorsFieldNumber, "item chunk");
        vectors = bytes[content];
        // A message is the sum of its parts.
        var chunk = StoredMessage.Parse(ItemChunk.Parser, bytes[..field.Start], "item chunk");
        StoredMessage.Merge(chunk, bytes[field.End..], "item chunk");
        CheckItems(manifest, index, chunk, vectors.Length);
        return chunk;
    }

    /// <summary>Reads and verifies a chunk of users' ids; one without rows is not looked at.</summary>
    /// <exception cref="ContractException">Missing, damaged, or of the wrong size.</exception>
    public static UserChunk ReadUsers(GenerationManifest manifest, int index, byte[]? bytes)
    {
        var info = manifest.UserChunks[index];
        if (info.Rows == 0)
            return new();
        var chunk = StoredMessage.Parse(UserChunk.Parser, Verified(info, bytes, $"user chunk {index} of generation {manifest.Number}"), "user chunk");
        RequireRows(manifest, info, index, "user", chunk.UserIds.Count);
        return chunk;
    }

    /// <summary>A chunk of users' ids without some of its rows.</summary>
    /// <param name="manifest">Names it.</param>
    /// <param name="index">Its place.</param>
    /// <param name="bytes">As stored.</param>
    /// <param name="isOut">Whether a user's row is left out.</param>
    /// <returns>The rows left out and the chunk then; null if none is.</returns>
    /// <exception cref="ContractException">Damaged.</exception>
    public static (int Rows, (ChunkInfo Info, byte[] Bytes) Kept)? WithoutUsers(GenerationManifest manifest, int index, byte[] bytes, Func<string, bool> isOut)
    {
        var chunk = ReadUsers(manifest, index, bytes);
        if (Kept(chunk.UserIds, isOut) is not { } kept)
            return null;
        var left = new UserChunk { UserIds = { kept.Select(row => chunk.UserIds[row]) } };
        return (chunk.UserIds.Count - kept.Length, Describe(kept.Length, left.ToByteArray()));
    }

    /// <summary>An item chunk without some of its rows.</summary>
    /// <inheritdoc cref="WithoutUsers"/>
    public static (int Rows, (ChunkInfo Info, byte[] Bytes) Kept)? WithoutItems(GenerationManifest manifest, int index, byte[] bytes, Func<string, bool> isOut)
    {
        var chunk = ReadItems(manifest, index, bytes);
        if (Kept(chunk.ItemIds, isOut) is not { } kept)
            return null;
        var left = new ItemChunk { Vectors = Rows(chunk.Vectors, manifest.Dimension, kept) };
        left.ItemIds.Add(kept.Select(row => chunk.ItemIds[row]));
        left.Popularity.Add(kept.Select(row => chunk.Popularity[row]));
        left.Categories.Add(kept.Select(row => chunk.Categories[row]));
        left.Available.Add(kept.Select(row => chunk.Available[row]));
        left.Links.Add(chunk.Links.Select(links => ItemLinksCodec.Keep(links, kept)));
        return (chunk.ItemIds.Count - kept.Length, Describe(kept.Length, left.ToByteArray()));
    }

    private static int[]? Kept(IReadOnlyList<string> ids, Func<string, bool> isOut)
    {
        var kept = Enumerable.Range(0, ids.Count).Where(row => !isOut(ids[row])).ToArray();
        return kept.Length == ids.Count ? null : kept;
    }

    private static ByteString Rows(ByteString vectors, int dimension, int[] kept)
    {
        var length = dimension * sizeof(float);
        var rows = new byte[kept.Length * length];
        for (var row = 0; row < kept.Length; row++)
            vectors.Span.Slice(kept[row] * length, length).CopyTo(rows.AsSpan(row * length));
        return UnsafeByteOperations.UnsafeWrap(rows);
    }

    private static void RequireRows(GenerationManifest manifest, ChunkInfo info, int index, string kind, params ReadOnlySpan<int> counts)
    {
        foreach (var count in counts)
            if (count != info.Rows)
                throw new ContractException($"{kind} chunk {index} of generation {manifest.Number} has {count} entries for {info.Rows} rows.");
    }

    private static string ItemsName(GenerationManifest manifest, int index) => $"item chunk {index} of generation {manifest.Number}";

    private static void CheckItems(GenerationManifest manifest, int index, ItemChunk chunk, int vectorBytes)
    {
        var info = manifest.ItemChunks[index];
        RequireRows(manifest, info, index, "item", [
            chunk.ItemIds.Count, chunk.Popularity.Count, chunk.Categories.Count, chunk.Available.Count, .. chunk.Links.Select(l => l.Counts.Count)]);
        if (vectorBytes != (long)info.Rows * manifest.Dimension * sizeof(float))
            throw new ContractException($"{ItemsName(manifest, index)} has {vectorBytes} bytes of vectors for {info.Rows} rows of {manifest.Dimension} numbers.");
        foreach (var links in chunk.Links)
            ItemLinksCodec.Check(links);
    }

    internal static byte[] Verified(ChunkInfo info, byte[]? bytes, string name)
    {
        Verify(info, bytes ?? throw Missing(name), name);
        return bytes;
    }

    private static ContractException Missing(string name) => new($"The {name} is missing: the generation has expired or was not written completely.");

    private static void Verify(ChunkInfo info, ReadOnlySpan<byte> bytes, string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (bytes.Length == info.Length)
            SHA256.HashData(bytes, hash);
        if (bytes.Length != info.Length || !hash.SequenceEqual(info.Sha256.Span))
            throw new ContractException($"The {name} is damaged: {bytes.Length} bytes of {info.Length}, or its checksum differs.");
    }

    internal static (ChunkInfo Info, byte[] Bytes) Describe(int rows, byte[] bytes) =>
        (new ChunkInfo { Rows = rows, Length = bytes.Length, Sha256 = ByteString.CopyFrom(SHA256.HashData(bytes)) }, bytes);

    private static IEnumerable<(int Start, int End)> Ranges(int rows)
    {
        for (var start = 0; start < rows; start += RowsPerChunk)
            yield return (start, Math.Min(start + RowsPerChunk, rows));
    }

    private static ByteString Rows(float[] vectors, int dimension, int start, int end) =>
        ByteString.CopyFrom(MemoryMarshal.AsBytes(vectors.AsSpan(start * dimension, (end - start) * dimension)));
}

using System.Security.Cryptography;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>Cuts a blob into chunks small enough for one Redis command, and reassembles and verifies them.</summary>
public static class ChunkedBlob
{
    /// <summary>Bytes of a chunk: small enough that one command does not delay the others.</summary>
    public const int ChunkLength = 1 << 20;

    /// <summary>The manifest of <paramref name="blob"/>.</summary>
    public static BlobManifest Describe(ReadOnlySpan<byte> blob)
    {
        var manifest = new BlobManifest { Length = blob.Length, ChunkLength = ChunkLength };
        for (var left = blob; !left.IsEmpty; left = left[Math.Min(ChunkLength, left.Length)..])
            manifest.ChunkSha256.Add(ByteString.CopyFrom(SHA256.HashData(left[..Math.Min(ChunkLength, left.Length)])));
        return manifest;
    }

    /// <summary>Chunk <paramref name="index"/> of <paramref name="blob"/>.</summary>
    public static ReadOnlyMemory<byte> Chunk(ReadOnlyMemory<byte> blob, int index) =>
        blob.Slice(index * ChunkLength, Math.Min(ChunkLength, blob.Length - index * ChunkLength));

    /// <summary>Verifies chunk <paramref name="index"/> and copies it to its place in <paramref name="blob"/>.</summary>
    /// <exception cref="ContractException">The chunk is missing, or not the one the manifest describes.</exception>
    public static void Put(BlobManifest manifest, int index, byte[]? chunk, Span<byte> blob)
    {
        if (chunk is null)
            throw new ContractException($"Chunk {index} of {manifest.ChunkSha256.Count} is missing: the version has expired or was not written completely.");
        var start = (long)index * manifest.ChunkLength;
        var expected = Math.Min(manifest.ChunkLength, manifest.Length - start);
        if (chunk.Length != expected || !SHA256.HashData(chunk).AsSpan().SequenceEqual(manifest.ChunkSha256[index].Span))
            throw new ContractException($"Chunk {index} of {manifest.ChunkSha256.Count} is damaged: {chunk.Length} bytes of {expected}, or its checksum differs.");
        chunk.CopyTo(blob[(int)start..]);
    }
}

using System.Security.Cryptography;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>The manifest of a stored snapshot: what it is, and which chunks it consists of.</summary>
public static class SnapshotManifestCodec
{
    /// <summary>The layout version.</summary>
    public const uint Version = 2;

    /// <summary>The manifest of a snapshot, without its sections.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="info">Its info as published.</param>
    public static SnapshotManifest Begin(GraphSnapshot snapshot, SnapshotInfo info)
    {
        var manifest = new SnapshotManifest { Version = Version, Info = info };
        manifest.Offsets.Add(snapshot.Offsets);
        foreach (var (name, value) in snapshot.Settings)
            manifest.Settings.Add(name, value);
        return manifest;
    }

    /// <summary>The names of the chunks of a snapshot: their SHA-256 in lower-case hex, each once, with their lengths.</summary>
    public static Dictionary<string, int> ChunksOf(SnapshotManifest manifest)
    {
        var chunks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var section in manifest.Sections)
            foreach (var chunk in section.Chunks)
                chunks[NameOf(chunk)] = chunk.Length;
        return chunks;
    }

    /// <summary>The names of the chunks that hold the users' ids, or the items'; each is a <see cref="StringList"/>.</summary>
    public static IEnumerable<string> IdChunksOf(SnapshotManifest manifest, bool users) =>
        manifest.Sections.Where(s => s.Name == (users ? SectionNames.UserIds : SectionNames.ItemIds)).SelectMany(s => s.Chunks).Select(NameOf);

    /// <summary>The SHA-256 of a chunk in lower-case hex.</summary>
    public static string NameOf(Chunk chunk) => Convert.ToHexStringLower(chunk.Sha256.Span);

    /// <summary>Reads a manifest.</summary>
    /// <param name="number">The snapshot's number, for error messages.</param>
    /// <param name="bytes">As stored.</param>
    /// <exception cref="ContractException">Malformed, incomplete, or of an unknown version.</exception>
    public static SnapshotManifest Read(long number, ReadOnlySpan<byte> bytes)
    {
        var manifest = StoredMessage.Parse(SnapshotManifest.Parser, bytes, $"manifest of snapshot {number}");
        ContractException.RequireVersion("snapshot manifest", manifest.Version, Version);
        if (manifest.Info is null)
            throw new ContractException($"The manifest of snapshot {number} is incomplete: it has no info. Publish a new snapshot.");
        foreach (var section in manifest.Sections)
            foreach (var chunk in section.Chunks)
                if (chunk.Length <= 0 || chunk.Elements < 0 || chunk.Sha256.Length != SHA256.HashSizeInBytes)
                    throw new ContractException(
                        $"The manifest of snapshot {number} names a chunk in section {section.Name} of {chunk.Length} bytes, {chunk.Elements} elements and a checksum of "
                        + $"{chunk.Sha256.Length} bytes; at least 1, at least 0 and {SHA256.HashSizeInBytes} are needed. Publish a new snapshot.");
        return manifest;
    }
}

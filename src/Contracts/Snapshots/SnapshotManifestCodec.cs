using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>The manifest of a stored snapshot: what it is, and how its chunks are verified.</summary>
public static class SnapshotManifestCodec
{
    /// <summary>The layout version.</summary>
    public const uint Version = 1;

    /// <summary>The manifest of a snapshot file.</summary>
    /// <param name="info">The snapshot's head.</param>
    /// <param name="file">What <see cref="SnapshotCodec.Write"/> gave.</param>
    public static SnapshotManifest Describe(SnapshotInfo info, ReadOnlySpan<byte> file) => new() { Version = Version, Info = info, Blob = ChunkedBlob.Describe(file) };

    /// <summary>Reads a manifest.</summary>
    /// <param name="number">The snapshot's number, for error messages.</param>
    /// <param name="bytes">As stored.</param>
    /// <exception cref="ContractException">Malformed, incomplete, or of an unknown version.</exception>
    public static SnapshotManifest Read(long number, ReadOnlySpan<byte> bytes)
    {
        SnapshotManifest manifest;
        try
        {
            manifest = SnapshotManifest.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ContractException($"The manifest of snapshot {number} is malformed ({bytes.Length} bytes): {e.Message}", e);
        }
        ContractException.RequireVersion("snapshot manifest", manifest.Version, Version);
        if (manifest.Info is null || manifest.Blob is null)
            throw new ContractException($"The manifest of snapshot {number} is incomplete: it has no {(manifest.Info is null ? "info" : "blob")}. Publish a new snapshot.");
        if (manifest.Blob.Length < 0 || manifest.Blob.Length > Array.MaxLength)
            throw new ContractException($"The manifest of snapshot {number} says that it has {manifest.Blob.Length} bytes; 0 to {Array.MaxLength}. Publish a new snapshot.");
        return manifest;
    }
}

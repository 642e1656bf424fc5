using Google.Protobuf;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

public class SnapshotManifestCodecTests
{
    private static readonly SnapshotManifest Manifest = StoredSnapshot.Of(Samples.Snapshot()).Manifest;

    [Fact]
    public void Read_WhatWasWritten_IsTheSame() => Assert.Equal(Manifest, SnapshotManifestCodec.Read(7, Manifest.ToByteArray()));

    [Fact]
    public void ChunksOf_SharedContent_IsNamedOnce()
    {
        var chunks = SnapshotManifestCodec.ChunksOf(Manifest);
        Assert.True(chunks.Count < Manifest.Sections.Sum(s => s.Chunks.Count));
        Assert.All(chunks.Keys, name => Assert.Matches("^[0-9a-f]{64}$", name));
    }

    [Fact]
    public void Read_Malformed_NamesTheSnapshot() =>
        Assert.Contains("The 2 bytes are not a manifest of snapshot 7", Assert.Throws<ContractException>(() => SnapshotManifestCodec.Read(7, [0xff, 0xff])).Message);

    [Fact]
    public void Read_Invalid_SaysWhy()
    {
        Assert.Contains("layout version 9", Refusal(m => m.Version = 9));
        Assert.Contains("no info", Refusal(m => m.Info = null));
        Assert.Contains("section user_ids of -1 bytes", Refusal(m => m.Sections[0].Chunks[0].Length = -1));
        Assert.Contains("-2 elements", Refusal(m => m.Sections[0].Chunks[0].Elements = -2));
        Assert.Contains("checksum of 3 bytes", Refusal(m => m.Sections[0].Chunks[0].Sha256 = ByteString.CopyFrom(1, 2, 3)));
    }

    private static string Refusal(Action<SnapshotManifest> change)
    {
        var manifest = Manifest.Clone();
        change(manifest);
        return Assert.Throws<ContractException>(() => SnapshotManifestCodec.Read(7, manifest.ToByteArray())).Message;
    }
}

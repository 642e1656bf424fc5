using Google.Protobuf;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

public class SnapshotManifestCodecTests
{
    private static readonly SnapshotManifest Manifest = SnapshotManifestCodec.Describe(Samples.Snapshot().Info, [1, 2, 3]);

    [Fact]
    public void Read_WhatWasDescribed_IsTheSame()
    {
        var read = SnapshotManifestCodec.Read(7, Manifest.ToByteArray());
        Assert.Equal(Manifest, read);
        Assert.Equal(3, read.Blob.Length);
    }

    [Fact]
    public void Read_Malformed_NamesTheSnapshot() =>
        Assert.Contains("manifest of snapshot 7 is malformed (2 bytes)", Assert.Throws<ContractException>(() => SnapshotManifestCodec.Read(7, [0xff, 0xff])).Message);

    [Fact]
    public void Read_Invalid_SaysWhy()
    {
        Assert.Contains("layout version 2", Refusal(m => m.Version = 2));
        Assert.Contains("no info", Refusal(m => m.Info = null));
        Assert.Contains("no blob", Refusal(m => m.Blob = null));
        Assert.Contains("has -1 bytes", Refusal(m => m.Blob.Length = -1));
        Assert.Contains("has 3000000000 bytes", Refusal(m => m.Blob.Length = 3_000_000_000));
    }

    private static string Refusal(Action<SnapshotManifest> change)
    {
        var manifest = Manifest.Clone();
        change(manifest);
        return Assert.Throws<ContractException>(() => SnapshotManifestCodec.Read(7, manifest.ToByteArray())).Message;
    }
}

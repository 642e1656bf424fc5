using System.Buffers.Binary;
using Google.Protobuf;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

public class SnapshotCodecTests
{
    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
    {
        var written = Samples.Snapshot();
        var read = SnapshotCodec.Read(SnapshotCodec.Write(written), written.Info);
        Assert.Equal(written.Info, read.Info);
        Assert.Equal(written.Offsets, read.Offsets);
        Assert.Equal(written.Settings, read.Settings);
        Assert.Equal(written.UserIds, read.UserIds);
        Assert.Equal(written.ItemIds, read.ItemIds);
        Assert.Equal(written.Categories, read.Categories);
        Assert.Equal(written.Available, read.Available);
        Assert.Equal(written.Interactions.Pointers, read.Interactions.Pointers);
        Assert.Equal(written.Interactions.Items, read.Interactions.Items);
        Assert.Equal(written.Interactions.Times, read.Interactions.Times);
        Assert.Equal(written.Interactions.Weights, read.Interactions.Weights);
        Assert.Equal(written.Modalities.Select(m => (m.Name, m.Dimension)), read.Modalities.Select(m => (m.Name, m.Dimension)));
        Assert.Equal(Vectors(written), Vectors(read));
        Assert.Equal(SnapshotHash.Compute(written), SnapshotHash.Compute(read));
    }

    [Fact]
    public void Write_SameSnapshot_IsTheSameBytes() =>
        Assert.Equal(SnapshotCodec.Write(Samples.Snapshot()), SnapshotCodec.Write(Samples.Snapshot()));

    [Fact]
    public void Read_TruncatedAnywhere_IsRefused()
    {
        var file = SnapshotCodec.Write(Samples.Snapshot());
        for (var length = 0; length < file.Length; length++)
            Assert.Throws<ContractException>(() => SnapshotCodec.Read(file.AsSpan(0, length), new()));
    }

    [Fact]
    public void Read_AnySectionByteChanged_IsRefused()
    {
        var file = SnapshotCodec.Write(Samples.Snapshot());
        var start = 8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        for (var i = start; i < file.Length; i++)
        {
            file[i] ^= 1;
            Assert.Contains("damaged", Assert.Throws<ContractException>(() => SnapshotCodec.Read(file, new())).Message);
            file[i] ^= 1;
        }
    }

    [Fact]
    public void Read_AnyBitOfTheHeaderFlipped_IsRefusedOrStillASnapshot()
    {
        // The header has no checksum of its own (the manifest has one for the whole blob), so damage may go unnoticed here, but must not crash the reader.
        var file = SnapshotCodec.Write(Samples.Snapshot());
        var end = 8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        for (var i = 0; i < end * 8; i++)
        {
            file[i / 8] ^= (byte)(1 << (i % 8));
            if (Record.Exception(() => SnapshotCodec.Read(file, new())) is { } e)
                Assert.IsType<ContractException>(e);
            file[i / 8] ^= (byte)(1 << (i % 8));
        }
    }

    [Fact]
    public void Read_UnknownVersion_NamesBoth()
    {
        var file = WithHeader(header => header.Version = 9);
        var e = Assert.Throws<ContractException>(() => SnapshotCodec.Read(file, new()));
        Assert.Contains("version 9", e.Message);
        Assert.Contains("version 1", e.Message);
    }

    [Fact]
    public void Read_UnknownFieldAndSection_AreIgnored()
    {
        var file = WithHeader(header =>
        {
            header.Sections.Add(new Section { Name = "new.thing", Type = "int32", Length = 0, Sha256 = ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData([])) });
            header.MergeFrom(new byte[] { 0xf8, 0x07, 0x01 });
        });
        Assert.Equal(SnapshotHash.Compute(Samples.Snapshot()), SnapshotHash.Compute(SnapshotCodec.Read(file, new())));
    }

    [Fact]
    public void Write_MoreThanAnArrayHolds_SaysHowMuchAndWhatToDo()
    {
        // One array of 64 MiB, used 33 times.
        var vector = ItemVector.Exact(new float[16 * 1024 * 1024]);
        var sample = Samples.Snapshot();
        var large = sample with
        {
            Modalities = [.. Enumerable.Range(0, 33).Select(m => new ModalityFeatures($"m{m}", 16 * 1024 * 1024, [vector, default, default]))],
            UserInterest = [.. Enumerable.Repeat(sample.UserInterest[0], 33)],
            ItemSemantic = [.. Enumerable.Repeat(sample.ItemSemantic[0], 33)],
        };
        var e = Assert.Throws<ContractException>(() => SnapshotCodec.Write(large));
        Assert.Matches("would have 22145[0-9]{5} bytes; at most 2 GiB: fewer or narrower modalities", e.Message);
    }

    [Fact]
    public void Read_AnotherKindOfFile_IsRefused() =>
        Assert.Contains("RSNP", Assert.Throws<ContractException>(() => SnapshotCodec.Read("PK\x03\x04 something"u8, new())).Message);

    private static IEnumerable<(VectorForm Form, byte[] Bytes)> Vectors(GraphSnapshot snapshot) =>
        snapshot.Modalities.SelectMany(m => Enumerable.Range(0, m.Items).Select(i => (m[i].Form, m[i].Bytes.ToArray())));

    private static byte[] WithHeader(Action<SnapshotHeader> change)
    {
        var file = SnapshotCodec.Write(Samples.Snapshot());
        var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        var header = SnapshotHeader.Parser.ParseFrom(file, 8, length);
        change(header);
        var bytes = header.ToByteArray();
        var changed = new byte[file.Length - length + bytes.Length];
        file.AsSpan(0, 4).CopyTo(changed);
        BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(4), bytes.Length);
        bytes.CopyTo(changed, 8);
        file.AsSpan(8 + length).CopyTo(changed.AsSpan(8 + bytes.Length));
        return changed;
    }
}

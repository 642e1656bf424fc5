using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

public class SnapshotDecoderTests
{
    [Fact]
    public void Build_WhatWasWritten_IsTheSame()
    {
        var written = Samples.Snapshot();
        var read = StoredSnapshot.Of(written).Read();
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
    public void BuildPairs_WhatWasWritten_IsTheSameFromFewerChunks()
    {
        var written = Samples.Snapshot();
        var stored = StoredSnapshot.Of(written);
        var decoder = new SnapshotDecoder(stored.Manifest, pairsOnly: true);
        for (var index = 0; index < decoder.Chunks; index++)
            decoder.Put(index, stored.Chunks[SnapshotManifestCodec.NameOf(decoder[index])]);

        var pairs = decoder.BuildPairs();

        Assert.Equal(4, decoder.Chunks);
        Assert.Equal(written.UserIds, pairs.UserIds);
        Assert.Equal(written.ItemIds, pairs.ItemIds);
        Assert.Equal(written.Interactions.Pointers, pairs.Touched.Pointers);
        Assert.Equal(written.Interactions.Items, pairs.Touched.Columns);
    }

    [Fact]
    public void Build_EmptySnapshot_IsEmpty()
    {
        var empty = Samples.Snapshot() with
        {
            UserIds = [],
            ItemIds = [],
            Categories = [],
            Available = [],
            Interactions = new([0], [], [], []),
            Modalities = [new("image", 4, [])],
            UserCooccurrence = SparseRows.Empty(0),
            ItemCooccurrence = SparseRows.Empty(0),
            UserInterest = [SparseRows.Empty(0)],
            ItemSemantic = [SparseRows.Empty(0)],
        };
        var read = StoredSnapshot.Of(empty).Read();
        Assert.Equal((0, 0, 4), (read.Users, read.Items, Assert.Single(read.Modalities).Dimension));
    }

    [Fact]
    public void Build_ManyChunks_PutsEachInItsPlace()
    {
        // Sections of several chunks: ids, categories, vectors, pairs and neighbours.
        const int Items = 40_000;
        var random = new Random(1);
        var pointers = new int[Items + 1];
        for (var i = 0; i < Items; i++)
            pointers[i + 1] = pointers[i] + random.Next(30);
        SparseRows Graph() => new(pointers, Many(pointers[^1], n => random.Next(Items)), Many(pointers[^1], n => random.NextSingle()));
        var written = Samples.Snapshot() with
        {
            UserIds = Many(Items, n => $"user-{n}"),
            ItemIds = Many(Items, n => $"item-{n}"),
            Categories = Many(Items, n => n % 7 == 0 ? [] : new[] { $"c{n}", "x" }),
            Available = Many(Items, n => n % 3 == 0),
            Interactions = new(pointers, Many(pointers[^1], n => n % Items), Many(pointers[^1], n => (long)n), Many(pointers[^1], n => 1f)),
            Modalities = [new("image", 64, Many(Items, n => n % 5 == 0 ? default : ItemVector.Compact(Many(64, _ => random.NextSingle() * (n % 11 == 0 ? 1e6f : 1)))))],
            UserCooccurrence = Graph(),
            ItemCooccurrence = Graph(),
            UserInterest = [Graph()],
            ItemSemantic = [Graph()],
        };
        var stored = StoredSnapshot.Of(written);
        foreach (var name in new[] { "user_ids", "categories", "features.image", "interactions.times", "item_cooccurrence.columns" })
            Assert.True(stored.Manifest.Sections.Single(s => s.Name == name).Chunks.Count > 1, name);
        Assert.Equal(SnapshotHash.Compute(written), SnapshotHash.Compute(stored.Read()));
    }

    [Fact]
    public void Put_MissingChunk_NamesItsSection()
    {
        var stored = StoredSnapshot.Of(Samples.Snapshot());
        foreach (var section in stored.Manifest.Sections.Where(s => s.Chunks.Count > 0))
        {
            var e = Assert.Throws<ContractException>(() => StoredSnapshot.Read(
                stored.Manifest, name => name == SnapshotManifestCodec.NameOf(section.Chunks[0]) ? null : stored.Chunks[name]));
            Assert.Contains("is missing", e.Message);
            Assert.Contains("Chunk 0 of 1 of section", e.Message);
        }
    }

    [Fact]
    public void Put_AnyBitOfAnyChunkFlippedOrCut_IsRefused()
    {
        var stored = StoredSnapshot.Of(Samples.Snapshot());
        foreach (var (name, bytes) in stored.Chunks)
        {
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Contains("is damaged", Assert.Throws<ContractException>(stored.Read).Message);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
            var e = Assert.Throws<ContractException>(() => StoredSnapshot.Read(stored.Manifest, n => n == name ? bytes[..^1] : stored.Chunks[n]));
            Assert.Contains($"{bytes.Length - 1} bytes of {bytes.Length}", e.Message);
        }
    }

    [Fact]
    public void Read_AnyBitOfTheManifestFlipped_IsRefusedOrStillASnapshot()
    {
        // The manifest has no checksum of its own, so damage may go unnoticed, but must not crash the reader.
        var stored = StoredSnapshot.Of(Samples.Snapshot());
        var bytes = stored.Manifest.ToByteArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Record.Exception(() => StoredSnapshot.Read(SnapshotManifestCodec.Read(7, bytes), n => stored.Chunks.GetValueOrDefault(n))) is { } e)
                Assert.IsType<ContractException>(e);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Build_UnknownFieldAndSection_AreIgnored()
    {
        var stored = StoredSnapshot.Of(Samples.Snapshot());
        stored.Manifest.Sections.Add(new Section { Name = "new.thing", Type = "complex128", Chunks = { new Chunk { Length = 1, Elements = 1, Sha256 = ByteString.CopyFrom(new byte[32]) } } });
        stored.Manifest.MergeFrom(new byte[] { 0xf8, 0x07, 0x01 });
        Assert.Equal(SnapshotHash.Compute(Samples.Snapshot()), SnapshotHash.Compute(stored.Read()));
    }

    [Fact]
    public void Build_SectionsThatDoNotFit_SaysWhich()
    {
        Assert.Contains("no section available", Refusal(s => s.Manifest.Sections.Remove(Section(s, "available"))));
        Assert.Contains("no section item_ids", Refusal(s => Section(s, "item_ids").Type = "utf16"));
        Assert.Contains("interactions.items of the snapshot has another type", Refusal(s => Section(s, "interactions.items").Type = "float32"));
        Assert.Contains("Section interactions.times", Refusal(s => Section(s, "interactions.times").Type = "int32"));
        Assert.Contains("features.image", Refusal(s => Section(s, "features.image").Dimension = 3));
        Assert.Contains("3 strings for 4 places", Refusal(s => Section(s, "item_ids").Chunks[0].Elements = 4));
        Assert.Contains("row 0 begins at 0 and has -1", Refusal(s => Replace(s, "categories.counts", [-1, 0, 1])));
        Assert.Contains("3 names for 5 places", Refusal(s => Replace(s, "categories.counts", [1, 2, 2])));
        Assert.Contains("elements; at most", Refusal(s => Section(s, "interactions.items").Chunks.Add(Enumerable.Repeat(new Chunk { Length = 1, Elements = int.MaxValue }, 2))));
    }

    [Fact]
    public void Build_BeforeAllChunks_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => new SnapshotDecoder(StoredSnapshot.Of(Samples.Snapshot()).Manifest).Build());

    private static string Refusal(Action<StoredSnapshot> change)
    {
        var stored = StoredSnapshot.Of(Samples.Snapshot());
        change(stored);
        return Assert.Throws<ContractException>(stored.Read).Message;
    }

    private static Section Section(StoredSnapshot stored, string name) => stored.Manifest.Sections.Single(s => s.Name == name);

    private static void Replace(StoredSnapshot stored, string name, int[] values)
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        var chunk = Section(stored, name).Chunks.Single();
        chunk.Sha256 = ByteString.CopyFrom(SHA256.HashData(bytes));
        stored.Chunks[SnapshotManifestCodec.NameOf(chunk)] = bytes;
    }

    private static T[] Many<T>(int count, Func<int, T> value) => [.. Enumerable.Range(0, count).Select(value)];

    private static IEnumerable<(VectorForm Form, byte[] Bytes)> Vectors(GraphSnapshot snapshot) =>
        snapshot.Modalities.SelectMany(m => Enumerable.Range(0, m.Items).Select(i => (m[i].Form, m[i].Bytes.ToArray())));
}

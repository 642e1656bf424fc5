using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

public class SnapshotSectionTests
{
    private const int Items = 20_000;
    private const int Dimension = 256;

    [Fact]
    public void Chunks_OneVectorChanged_OneChunkChanges()
    {
        var rows = Vectors(Items);
        var before = Names(rows);
        rows[12_345] = ItemVector.Compact(Enumerable.Repeat(0.75f, Dimension).ToArray());
        Assert.True(before.Length > 5);
        Assert.Equal(1, before.Zip(Names(rows)).Count(c => c.First != c.Second));
    }

    [Fact]
    public void Chunks_ItemsAppended_EarlierChunksStay()
    {
        var rows = Vectors(Items + 100);
        var (before, after) = (Names(rows[..Items]), Names(rows));
        Assert.Equal(before[..^1], after[..(before.Length - 1)]);
    }

    [Fact]
    public void Chunks_OneRowOfAGraphGrows_OneChunkOfEachSectionChanges()
    {
        static SparseRows Graph(int longer)
        {
            var pointers = new int[100_001];
            for (var row = 0; row < 100_000; row++)
                pointers[row + 1] = pointers[row] + (row == longer ? 11 : 10);
            return new(pointers, [.. Enumerable.Range(0, pointers[^1]).Select(e => e % 10)], new float[pointers[^1]]);
        }
        var before = StoredSnapshot.Of(Samples.Snapshot() with { UserCooccurrence = Graph(-1) }).Manifest;
        var after = StoredSnapshot.Of(Samples.Snapshot() with { UserCooccurrence = Graph(50_000) }).Manifest;
        foreach (var name in new[] { "user_cooccurrence.counts", "user_cooccurrence.values" })
        {
            var (a, b) = (before.Sections.Single(s => s.Name == name).Chunks, after.Sections.Single(s => s.Name == name).Chunks);
            Assert.Equal(a.Count, b.Count);
            Assert.Equal(1, a.Zip(b).Count(c => !c.First.Equals(c.Second)));
        }
    }

    [Fact]
    public void Chunks_AMillionWideVectors_AreMoreThanAnArrayHoldsAndShort()
    {
        // One vector a million times: 8 GB to write, 8 KB to hold.
        var vector = ItemVector.Compact(Enumerable.Repeat(0.5f, 4096).ToArray());
        var section = Section([.. Enumerable.Repeat(vector, 1_000_000)], 4096);
        var chunks = section.Chunks.ToArray();
        Assert.Equal(1_000_000, chunks.Sum(c => c.Elements));
        Assert.Equal(1_000_000 * (2 * 4096L + 1), chunks.Sum(c => (long)c.Length));
        Assert.All(chunks, c => Assert.InRange(c.Length, 1, SnapshotChunk.TargetLength));
        // The last one can be written: nothing overflows on the way there.
        chunks[^1].Write(new byte[chunks[^1].Length]);
    }

    [Fact]
    public void BetweenRows_ARowOfMoreThanAChunk_IsCutInside()
    {
        int[] pointers = [0, 5, 5 + 3_000_000, 3_000_010];
        var cuts = ChunkCuts.BetweenRows(pointers, 8).ToArray();
        Assert.All(cuts, c => Assert.InRange(c.Count * 8, 1, SnapshotChunk.LargestLength));
        var next = 0;
        foreach (var (first, count) in cuts)
        {
            Assert.Equal(next, first);
            next += count;
        }
        Assert.Equal(3_000_010, next);
        Assert.Contains(cuts, c => c.First == 5);
    }

    [Fact]
    public void BetweenRows_NothingOrEmptyRows_HasNoCuts()
    {
        Assert.Empty(ChunkCuts.BetweenRows([0], 4));
        Assert.Empty(ChunkCuts.BetweenRows([0, 0, 0], 4));
    }

    private static ItemVector[] Vectors(int items)
    {
        var random = new Random(1);
        var values = new float[Dimension];
        return [.. Enumerable.Range(0, items).Select(_ =>
        {
            values[random.Next(Dimension)] = random.NextSingle() + 0.5f;
            return ItemVector.Compact(values);
        })];
    }

    private static string[] Names(ItemVector[] rows) => [.. Section(rows, Dimension).Chunks.Select(chunk =>
    {
        var bytes = new byte[chunk.Length];
        chunk.Write(bytes);
        return SnapshotManifestCodec.NameOf(chunk.Describe(bytes));
    })];

    private static SnapshotSection Section(ItemVector[] rows, int dimension)
    {
        var sample = Samples.Snapshot();
        var snapshot = sample with { Modalities = [new("image", dimension, rows)], UserInterest = [sample.UserInterest[0]], ItemSemantic = [sample.ItemSemantic[0]] };
        return SnapshotSection.Of(snapshot).Single(s => s.Name == "features.image");
    }
}

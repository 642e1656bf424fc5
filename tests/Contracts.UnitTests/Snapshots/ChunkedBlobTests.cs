using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

public class ChunkedBlobTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ChunkedBlob.ChunkLength - 1)]
    [InlineData(ChunkedBlob.ChunkLength)]
    [InlineData(ChunkedBlob.ChunkLength + 1)]
    [InlineData(3 * ChunkedBlob.ChunkLength)]
    public void Put_AllChunks_RestoresTheBlob(int length)
    {
        var blob = new byte[length];
        new Random(length).NextBytes(blob);
        var manifest = ChunkedBlob.Describe(blob);
        var again = new byte[manifest.Length];
        for (var chunk = 0; chunk < manifest.ChunkSha256.Count; chunk++)
            ChunkedBlob.Put(manifest, chunk, ChunkedBlob.Chunk(blob, chunk).ToArray(), again);
        Assert.Equal(blob, again);
    }

    [Fact]
    public void Chunk_LastOfTheLargestBlob_IsTheRest() =>
        Assert.Equal(Array.MaxLength - 2047 * ChunkedBlob.ChunkLength, ChunkedBlob.Chunk(GC.AllocateUninitializedArray<byte>(Array.MaxLength), 2047).Length);

    [Fact]
    public void Put_MissingShortOrChangedChunk_IsRefused()
    {
        var blob = new byte[ChunkedBlob.ChunkLength + 10];
        var manifest = ChunkedBlob.Describe(blob);
        var changed = ChunkedBlob.Chunk(blob, 1).ToArray();
        changed[3]++;
        Assert.Contains("Chunk 1 of 2 is missing", Assert.Throws<ContractException>(() => ChunkedBlob.Put(manifest, 1, null, blob)).Message);
        Assert.Contains("9 bytes of 10", Assert.Throws<ContractException>(() => ChunkedBlob.Put(manifest, 1, new byte[9], blob)).Message);
        Assert.Contains("Chunk 1 of 2 is damaged", Assert.Throws<ContractException>(() => ChunkedBlob.Put(manifest, 1, changed, blob)).Message);
    }
}

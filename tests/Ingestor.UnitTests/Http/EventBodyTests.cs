using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Ingestor.Http;

namespace Rearm.Streaming.Ingestor.UnitTests.Http;

public sealed class EventBodyTests
{
    [Fact]
    public void ReadLinesAsync_BodyInAnyPieces_IsTheSameLines()
    {
        var pieces = Gen.Elements("a", "é", "{}", " ", "\r\n", "\n", "\n\n");
        Prop.ForAll(Arb.From(Gen.ListOf(pieces)), parts =>
        {
            var text = string.Concat(parts);
            var expected = text.Split('\n').Select((line, i) => (i + 1, line.Trim())).Where(l => l.Item2.Length > 0);
            foreach (var size in new[] { 1, 2, 7, 1000 })
                Assert.Equal(expected, ReadAsync(Encoding.UTF8.GetBytes(text), size).GetAwaiter().GetResult());
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public async Task ReadLinesAsync_LongLine_IsReadUpToTheLimit(string end)
    {
        var line = new string('x', EventBody.MaxLineBytes);

        Assert.Equal(line, Assert.Single(await ReadAsync(Encoding.UTF8.GetBytes($"{line}{end}"), 1 << 16)).Json);
        var error = await Assert.ThrowsAsync<BodyTooLargeException>(() => ReadAsync(Encoding.UTF8.GetBytes($"a\n{line}x{end}"), 1 << 16));
        Assert.Contains("Line 2", error.Message);
    }

    [Fact]
    public async Task ReadLinesAsync_EndlessLine_IsNotReadBeyondTheLimit()
    {
        var endless = new EndlessStream();

        await Assert.ThrowsAsync<BodyTooLargeException>(() => LinesAsync(PipeReader.Create(endless)));

        Assert.InRange(endless.Taken, EventBody.MaxLineBytes, EventBody.MaxLineBytes + (1 << 20));
    }

    private static Task<List<(int Line, string Json)>> ReadAsync(byte[] body, int bytesPerRead) =>
        LinesAsync(PipeReader.Create(new MemoryStream(body), new(bufferSize: bytesPerRead, minimumReadSize: 1)));

    private static async Task<List<(int Line, string Json)>> LinesAsync(PipeReader body) =>
        await EventBody.ReadLinesAsync(body, CancellationToken.None).ToListAsync();

    private sealed class EndlessStream : MemoryStream
    {
        public long Taken { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            Taken += buffer.Length;
            return new(buffer.Length);
        }
    }
}

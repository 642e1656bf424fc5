using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Ingestor.Http;
using Rearm.Streaming.ServiceDefaults.Errors;

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

    [Fact]
    public async Task ReadNdjsonAsync_BytesThatAreNotUtf8_AreAProblemOfTheirLine()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. "{}\n\n{\"user_id\":\"Ren"u8, 0xE9, .. "e\"}\n[1,2\n{}"u8];

        var events = await EventBody.ReadNdjsonAsync(PipeReader.Create(new MemoryStream(body)), CancellationToken.None).ToListAsync();

        Assert.Equal(["line 1", "line 3", "line 4", "line 5"], events.Select(e => e.Place));
        Assert.Equal("line 3, column 16: 0xE9 is not UTF-8; send the body as UTF-8", events[1].Problem);
        Assert.Contains("(line 4, byte ", events[2].Problem);
        Assert.All(new[] { events[0], events[3] }, e => Assert.Null(e.Problem));
    }

    [Fact]
    public async Task ReadJsonAsync_BytesThatAreNotUtf8_AreRefusedWithThePlace()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => EventBody.ReadJsonAsync(new MemoryStream([.. "[{},\n{\"a\":\""u8, 0xC3, .. "\"}]"u8]), 10, CancellationToken.None));

        Assert.Contains("line 2, column 7: 0xC3 is not UTF-8", error.Message);
    }

    private static Task<List<(int Line, string Json)>> ReadAsync(byte[] body, int bytesPerRead) =>
        LinesAsync(PipeReader.Create(new MemoryStream(body), new(bufferSize: bytesPerRead, minimumReadSize: 1)));

    private static async Task<List<(int Line, string Json)>> LinesAsync(PipeReader body) =>
        [.. (await EventBody.ReadLinesAsync(body, CancellationToken.None).ToListAsync()).Select(l => (l.Line, Encoding.UTF8.GetString(l.Text.Span)))];

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

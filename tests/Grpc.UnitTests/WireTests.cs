using System.Buffers;
using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Grpc.Wire;

namespace Rearm.Streaming.GrpcTests;

/// <summary>The wire's encodings, each against its inverse.</summary>
public class WireTests
{
    private static readonly Marshaller<byte[]> s_bytes = Marshallers.Create(b => b, b => b);

    [Fact]
    public void Percent_AnyText_RoundTripsAsPrintableAscii() => Prop.ForAll<NonNull<string>>(text =>
    {
        // Lone surrogates have no UTF-8 form.
        var valid = new string([.. text.Get.Where(c => !char.IsSurrogate(c))]);
        var encoded = PercentEncoding.Encode(valid);
        return encoded.All(c => c is >= ' ' and <= '~') && PercentEncoding.Decode(encoded) == valid;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("%", "%")]
    [InlineData("100%", "100%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%C3%BC", "ü")]
    public void Percent_Malformed_StaysAsItIs(string text, string expected) => Assert.Equal(expected, PercentEncoding.Decode(text));

    [Fact]
    public void Timeout_AnyDuration_RoundTripsAndNeverShrinks() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>().Filter(t => t > 0), ticks =>
    {
        var timeout = TimeSpan.FromTicks(ticks);
        var text = GrpcTimeout.Format(timeout);
        Assert.InRange(text.Length, 2, 9);
        Assert.True(GrpcTimeout.TryParse(text, out var parsed));
        // At most one unit longer: the unit is one 1,000,000th or less of what needs it.
        return parsed >= timeout && (parsed - timeout).Ticks <= Math.Max(10, timeout.Ticks / 10_000);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Timeout_Longest_FitsEightDigits() => Assert.InRange(GrpcTimeout.Format(TimeSpan.MaxValue).Length, 2, 9);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Messages_AnyChunking_ArriveWhole(bool compress) => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[][]>(), ArbMap.Default.ArbFor<PositiveInt>(), (messages, chunk) =>
    {
        var sent = new PooledBufferWriter();
        foreach (var message in messages)
            new MessageWriter(maxSize: null).Write(message, s_bytes.ContextualSerializer, sent, compress);
        var received = ReadAll(sent.Written, chunk.Get, compress ? "gzip" : null);
        return received.Count == messages.Length && received.Zip(messages).All(p => p.First.AsSpan().SequenceEqual(p.Second));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Messages_CutAnywhere_AreReportedAsIncomplete()
    {
        var sent = new PooledBufferWriter();
        new MessageWriter(maxSize: null).Write(new byte[20], s_bytes.ContextualSerializer, sent, compress: false);
        for (var length = 1; length < sent.Length; length++)
        {
            var error = Assert.Throws<RpcException>(() => ReadAll(sent.Written[..length], 7, null));
            Assert.Equal(StatusCode.Internal, error.StatusCode);
        }
        Assert.Empty(ReadAll(default, 7, null));
    }

    [Theory]
    [InlineData(10, 5)]
    [InlineData(5, 10)]
    public void Serializer_AnnouncesAnotherLength_IsRefused(int announced, int written) =>
        Assert.Throws<InvalidOperationException>(() => new MessageWriter(null).Write("", (_, context) =>
        {
            context.SetPayloadLength(announced);
            context.GetBufferWriter().Write(new byte[written]);
            context.Complete();
        }, new PooledBufferWriter(), compress: false));

    [Fact]
    public void Serializer_WithoutComplete_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => new MessageWriter(null).Write("", (_, _) => { }, new PooledBufferWriter(), compress: false));

    [Fact]
    public void Serializer_WithoutAnnouncedLength_IsBuffered()
    {
        var sent = new PooledBufferWriter();
        new MessageWriter(null).Write("", (_, context) =>
        {
            context.GetBufferWriter().Write<byte>([1, 2, 3]);
            context.Complete();
        }, sent, compress: false);
        Assert.Equal([0, 0, 0, 0, 3, 1, 2, 3], sent.Written.ToArray());
    }

    private static List<byte[]> ReadAll(ReadOnlyMemory<byte> bytes, int chunk, string? encoding)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var reader = new MessageReader(pipe.Reader, maxSize: null, encoding);
        var reading = ReadAsync();
        for (var i = 0; i < bytes.Length; i += chunk)
            pipe.Writer.WriteAsync(bytes.Slice(i, Math.Min(chunk, bytes.Length - i))).AsTask().GetAwaiter().GetResult();
        pipe.Writer.Complete();
        return reading.GetAwaiter().GetResult();

        async Task<List<byte[]>> ReadAsync()
        {
            var messages = new List<byte[]>();
            while (await reader.ReadAsync(s_bytes.ContextualDeserializer, default) is { } message)
                messages.Add(message);
            return messages;
        }
    }
}

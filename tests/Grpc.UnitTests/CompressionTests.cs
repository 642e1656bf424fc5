using System.IO.Compression;
using Grpc.Core;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

public class CompressionTests
{
    private static readonly Metadata s_compressRequests = new() { { "grpc-internal-encoding-request", "gzip" } };

    [Fact]
    public async Task Request_Compressed_IsUnpacked()
    {
        await using var server = await EchoServer.StartAsync();
        Assert.Equal("gzip", (await server.Client.UnaryAsync(new EchoRequest { Action = "encoding" }, s_compressRequests)).Text);
        var text = new string('x', 100_000);
        Assert.Equal(text, (await server.Client.UnaryAsync(new EchoRequest { Text = text }, s_compressRequests)).Text);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("no compress", 0)]
    public async Task Response_AlgorithmSet_IsCompressedUnlessTheHandlerSaysNot(string action, byte flag)
    {
        await using var server = await EchoServer.StartAsync(o => o.ResponseCompressionAlgorithm = "gzip");
        using var raw = new RawClient(server.Address);
        var response = await raw.PostAsync("/test.v1.Echo/Unary", RawClient.Frame(new EchoRequest { Action = action, Text = "hi" }),
            r => r.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity, gzip"));
        Assert.Equal("gzip", response.Headers["grpc-encoding"]);
        var message = Assert.Single(response.Messages);
        Assert.Equal(flag, message.Flag);
        using Stream payload = flag == 0 ? new MemoryStream(message.Payload) : new GZipStream(new MemoryStream(message.Payload), CompressionMode.Decompress);
        Assert.Equal("hi", EchoReply.Parser.ParseFrom(payload).Text);
    }

    [Fact]
    public async Task Response_CallerDoesNotAcceptIt_IsNotCompressed()
    {
        await using var server = await EchoServer.StartAsync(o => o.ResponseCompressionAlgorithm = "gzip");
        using var raw = new RawClient(server.Address);
        var response = await raw.PostAsync("/test.v1.Echo/Unary", RawClient.Frame(new EchoRequest { Text = "hi" }));
        Assert.DoesNotContain("grpc-encoding", response.Headers.Keys);
        Assert.Equal(0, Assert.Single(response.Messages).Flag);
    }

    [Fact]
    public async Task Streams_CompressedBothWays_AreEchoed()
    {
        await using var server = await EchoServer.StartAsync(o =>
        {
            o.ResponseCompressionAlgorithm = "gzip";
            o.ResponseCompressionLevel = CompressionLevel.SmallestSize;
        });
        using var call = server.Client.Duplex(s_compressRequests);
        foreach (var flags in (WriteFlags[])[0, WriteFlags.NoCompress, WriteFlags.BufferHint])
        {
            call.RequestStream.WriteOptions = new WriteOptions(flags);
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{flags}" });
        }
        await call.RequestStream.CompleteAsync();
        Assert.Equal(["0", "NoCompress", "BufferHint"], await call.ResponseStream.ReadAllAsync().Select(r => r.Text).ToListAsync());
    }

    [Fact]
    public async Task Algorithm_Unknown_StopsTheStart()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => EchoServer.StartAsync(o => o.ResponseCompressionAlgorithm = "snappy"));
        Assert.Contains("ResponseCompressionAlgorithm", error.Message);
    }
}

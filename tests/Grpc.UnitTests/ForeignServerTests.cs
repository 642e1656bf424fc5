using Grpc.Core;
using Grpc.Net.Client;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

public sealed class PythonServerTests(PythonServerTests.Server server) : ForeignServerTests(server), IClassFixture<PythonServerTests.Server>
{
    public sealed class Server() : ForeignServer(() => Peer.Python("server.py"));
}

public sealed class NodeServerTests(NodeServerTests.Server server) : ForeignServerTests(server), IClassFixture<NodeServerTests.Server>
{
    public sealed class Server() : ForeignServer(() => Peer.Node("server.js"));
}

/// <summary>Our client to servers we did not write; they compress their answers.</summary>
public abstract class ForeignServerTests(ForeignServerTests.ForeignServer server)
{
    private Echo.EchoClient Client { get; } = new(server.Channel);

    [Fact]
    public async Task Unary_ToAForeignServer_IsEchoed() =>
        Assert.Equal("hi ü", (await Client.UnaryAsync(new EchoRequest { Text = "hi ü" })).Text);

    [Fact]
    public async Task ServerStream_FromAForeignServer_ArrivesInOrder()
    {
        using var call = Client.ServerStream(new EchoRequest { Text = "a", Count = 3 });
        Assert.Equal(["a0", "a1", "a2"], await call.ResponseStream.ReadAllAsync().Select(r => r.Text).ToListAsync());
    }

    [Fact]
    public async Task ClientStream_ToAForeignServer_ArrivesInOrder()
    {
        using var call = Client.ClientStream();
        foreach (var text in (string[])["a", "b", "c"])
            await call.RequestStream.WriteAsync(new EchoRequest { Text = text });
        await call.RequestStream.CompleteAsync();
        Assert.Equal("abc", (await call).Text);
    }

    [Fact]
    public async Task Duplex_WithAForeignServer_PingPongs()
    {
        using var call = Client.Duplex();
        for (var i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Metadata_WithAForeignServer_GoesBothWays()
    {
        using var call = Client.UnaryAsync(new EchoRequest { Action = "metadata" }, new Metadata { { "x-echo", new string('v', 6000) }, { "x-echo-bin", [0, 255, 16, 1] } });
        await call;
        foreach (var received in (Metadata[])[await call.ResponseHeadersAsync, call.GetTrailers()])
        {
            Assert.Equal(new string('v', 6000), received.GetValue("x-echo"));
            Assert.Equal([0, 255, 16, 1], received.GetValueBytes("x-echo-bin"));
        }
    }

    [Fact]
    public async Task Error_FromAForeignServer_HasStatusAndTrailers()
    {
        var error = await FailAsync(new EchoRequest { Action = "fail", Count = 5, Text = "not found: ü 100%" });
        Assert.Equal(new Status(StatusCode.NotFound, "not found: ü 100%"), error.Status);
        Assert.Equal("because", error.Trailers.GetValue("x-why"));
        Assert.Equal(EchoService.Details, error.Trailers.GetValueBytes("grpc-status-details-bin"));
    }

    [Fact]
    public async Task Error_InAStreamFromAForeignServer_ComesAfterTheMessages()
    {
        using var call = Client.ServerStream(new EchoRequest { Action = "fail", Text = "no", Count = 7 });
        for (var i = 0; i < 7; i++)
            Assert.True(await call.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default))).StatusCode);
    }

    [Fact]
    public async Task Exception_InAForeignServer_IsUnknown() =>
        Assert.Equal(StatusCode.Unknown, (await FailAsync(new EchoRequest { Action = "throw", Text = "oops" })).StatusCode);

    [Fact]
    public async Task Deadline_AtAForeignServer_Passes()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client.UnaryAsync(new EchoRequest { Action = "wait" }, deadline: DateTime.UtcNow.AddMilliseconds(300)));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task Cancel_AtAForeignServer_EndsTheCall()
    {
        using var call = Client.ServerStream(new EchoRequest { Action = "wait", Count = 1 });
        Assert.True(await call.ResponseStream.MoveNext(default));
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default))).StatusCode);
    }

    [Fact]
    public async Task WrongMethod_AtAForeignServer_IsUnimplemented() =>
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(async () => await new Other.OtherClient(server.Channel).AskAsync(new EchoRequest()))).StatusCode);

    [Fact]
    public async Task Gzip_WithAForeignServer_IsUnpackedByBoth()
    {
        var text = new string('x', 100_000);
        var compress = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        Assert.Equal(text, (await Client.UnaryAsync(new EchoRequest { Text = text }, compress)).Text);
    }

    [Fact]
    public async Task Message_FromAForeignServerTooBig_ResourceExhausted() =>
        Assert.Equal(StatusCode.ResourceExhausted, (await FailAsync(new EchoRequest { Action = "big", Count = 4 * 1024 * 1024 + 1 })).StatusCode);

    private Task<RpcException> FailAsync(EchoRequest request) => Assert.ThrowsAsync<RpcException>(async () => await Client.UnaryAsync(request));

    public abstract class ForeignServer(Func<Peer> start) : IAsyncLifetime
    {
        private Peer _peer = null!;

        public GrpcChannel Channel { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _peer = start();
            Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{await _peer.ReadLineAsync()}");
        }

        public async Task DisposeAsync()
        {
            Channel?.Dispose();
            await _peer.DisposeAsync();
        }
    }
}

using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

/// <summary>The four kinds of call, our client to our server.</summary>
public class CallTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_Message_IsEchoed(bool tls)
    {
        await using var server = await EchoServer.StartAsync(tls: tls);
        using var call = server.Client.UnaryAsync(new EchoRequest { Text = "hi" });
        Assert.Equal("hi", (await call).Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public async Task Unary_Blocking_IsEchoed()
    {
        await using var server = await EchoServer.StartAsync();
        Assert.Equal("hi", server.Client.Unary(new EchoRequest { Text = "hi" }).Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task ServerStream_Messages_ArriveInOrder(int count)
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.ServerStream(new EchoRequest { Text = "a", Count = count });
        var replies = new List<string>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
            replies.Add(reply.Text);
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"a{i}"), replies);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task ClientStream_Messages_ArriveInOrder(int count)
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.ClientStream();
        for (var i = 0; i < count; i++)
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}," });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(string.Concat(Enumerable.Range(0, count).Select(i => $"{i},")), (await call).Text);
    }

    [Fact]
    public async Task Duplex_PingPong_EachReplyComesBeforeTheNextRequest()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.Duplex();
        for (var i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Calls_Concurrent_ShareOneConnection()
    {
        await using var server = await EchoServer.StartAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i => (await server.Client.UnaryAsync(new EchoRequest { Text = $"{i}" })).Text));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), replies);
    }

    [Fact]
    public async Task ClientStream_ServerAnswersEarly_ResponseArrivesAndWritesAreRefused()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.ClientStream();
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "a", Action = "enough" });
        Assert.Equal("a", (await call).Text);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new EchoRequest()));
    }

    [Fact]
    public async Task TestServer_AllKinds_Work()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<ServerEvents>();
        builder.Services.AddGrpc();
        await using var app = builder.Build();
        app.MapGrpcService<EchoService>();
        await app.StartAsync();
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = app.GetTestServer().CreateHandler() });
        var client = new Echo.EchoClient(channel);
        Assert.Equal("hi", (await client.UnaryAsync(new EchoRequest { Text = "hi" })).Text);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new EchoRequest { Action = "fail", Count = 5, Text = "no" }));
        Assert.Equal(new Status(StatusCode.NotFound, "no"), error.Status);
        using var call = client.Duplex();
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "a" });
        Assert.True(await call.ResponseStream.MoveNext(default));
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Writes_Concurrent_AreRefused()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.Duplex();
        // Far more than flow control lets through while the server waits.
        await call.RequestStream.WriteAsync(new EchoRequest { Action = "hold" });
        await server.Events.WaitForAsync("held");
        var first = call.RequestStream.WriteAsync(new EchoRequest { Text = new string('x', 3_000_000) });
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new EchoRequest()));
        server.Events.Release.SetResult();
        await first;
        await call.RequestStream.CompleteAsync();
        await foreach (var _ in call.ResponseStream.ReadAllAsync())
        {
        }
    }

    [Fact]
    public async Task Write_AfterComplete_IsRefused()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.ClientStream();
        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new EchoRequest()));
        await call;
    }

    [Fact]
    public async Task Status_BeforeTheEnd_IsRefused()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.Duplex();
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
    }

    [Fact]
    public async Task Channel_Disposed_CancelsItsCalls()
    {
        await using var server = await EchoServer.StartAsync();
        var call = server.Client.UnaryAsync(new EchoRequest { Action = "wait" });
        await server.Events.WaitForAsync("waiting");
        server.Channel.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        await server.Events.WaitForAsync("cancelled");
        Assert.Throws<ObjectDisposedException>(() => server.Client.UnaryAsync(new EchoRequest()));
    }

    [Fact]
    public async Task Server_Stopping_LetsTheCallUnderWayFinish()
    {
        await using var server = await EchoServer.StartAsync();
        var call = server.Client.UnaryAsync(new EchoRequest { Action = "hold", Text = "done" });
        await server.Events.WaitForAsync("held");
        var stopping = server.App.StopAsync();
        Assert.False(stopping.IsCompleted);
        server.Events.Release.SetResult();
        Assert.Equal("done", (await call).Text);
        await stopping;
    }
}

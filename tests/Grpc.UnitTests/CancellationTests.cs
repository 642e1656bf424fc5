using Grpc.Core;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

public class CancellationTests
{
    [Fact]
    public async Task Token_Cancelled_CallerGetsCancelledAndHandlerIsCancelled()
    {
        await using var server = await EchoServer.StartAsync();
        using var cancel = new CancellationTokenSource();
        var call = server.Client.UnaryAsync(new EchoRequest { Action = "wait" }, cancellationToken: cancel.Token);
        await server.Events.WaitForAsync("waiting");
        cancel.Cancel();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        await server.Events.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task Token_AlreadyCancelled_NothingIsSent()
    {
        await using var server = await EchoServer.StartAsync();
        var call = server.Client.UnaryAsync(new EchoRequest { Action = "wait" }, cancellationToken: new CancellationToken(canceled: true));
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        Assert.Empty(server.Events.Log);
    }

    [Fact]
    public async Task Call_Disposed_HandlerIsCancelled()
    {
        await using var server = await EchoServer.StartAsync();
        var call = server.Client.ServerStream(new EchoRequest { Action = "wait", Count = 1 });
        Assert.True(await call.ResponseStream.MoveNext(default));
        await server.Events.WaitForAsync("waiting");
        call.Dispose();
        await server.Events.WaitForAsync("cancelled");
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Call_DisposedAfterTheEnd_KeepsItsStatus()
    {
        await using var server = await EchoServer.StartAsync();
        var call = server.Client.UnaryAsync(new EchoRequest());
        await call;
        call.Dispose();
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Read_Cancelled_CancelsTheCall()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.ServerStream(new EchoRequest { Action = "wait" });
        using var cancel = new CancellationTokenSource();
        var read = call.ResponseStream.MoveNext(cancel.Token);
        await server.Events.WaitForAsync("waiting");
        cancel.Cancel();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        await server.Events.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task ClientStream_CancelledWhileTheServerReads_HandlerEnds()
    {
        await using var server = await EchoServer.StartAsync();
        using var cancel = new CancellationTokenSource();
        using var call = server.Client.ClientStream(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "a" });
        cancel.Cancel();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new EchoRequest()))).StatusCode);
        await server.Events.WaitForAsync("stream ended");
    }

    [Fact]
    public async Task Option_ThrowOperationCanceled_IsHonoured()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.NewChannel(o => o.ThrowOperationCanceledOnCancellation = true);
        var client = new Echo.EchoClient(channel);
        using var cancel = new CancellationTokenSource();
        var call = client.UnaryAsync(new EchoRequest { Action = "wait" }, cancellationToken: cancel.Token);
        await server.Events.WaitForAsync("waiting");
        cancel.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => call.ResponseAsync);
    }
}

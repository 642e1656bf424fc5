using Grpc.Core;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

public class DeadlineTests
{
    [Fact]
    public async Task Deadline_Passes_CallerGetsDeadlineExceededAndHandlerIsCancelled()
    {
        await using var server = await EchoServer.StartAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.UnaryAsync(new EchoRequest { Action = "wait" }, deadline: DateTime.UtcNow.AddSeconds(1)));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        await server.Events.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task Deadline_InThePast_NothingIsSent()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.UnaryAsync(new EchoRequest { Action = "wait" }, deadline: DateTime.UtcNow.AddSeconds(-1));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        Assert.Empty(server.Events.Log);
    }

    [Fact]
    public async Task Deadline_LocalTime_IsConverted()
    {
        await using var server = await EchoServer.StartAsync();
        var reply = await server.Client.UnaryAsync(new EchoRequest { Action = "timeout" }, deadline: DateTime.Now.AddSeconds(1000));
        Assert.InRange(int.Parse(reply.Text), 900, 1000);
    }

    [Theory]
    [InlineData("100m", "4")]
    [InlineData("1n", "4")]
    [InlineData("99999999H", "0")]
    [InlineData("5x", "13")]
    [InlineData("123456789S", "13")]
    [InlineData("S", "13")]
    [InlineData("-1S", "13")]
    public async Task Server_TimeoutHeader_DecidesTheStatus(string timeout, string expected)
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawClient(server.Address);
        var action = expected == "4" ? "wait" : "";
        var response = await raw.PostAsync("/test.v1.Echo/Unary", RawClient.Frame(new EchoRequest { Action = action }), request =>
            request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));
        Assert.Equal(expected, response.GrpcStatus);
    }

    [Fact]
    public async Task Server_HandlerIgnoresTheDeadline_CallerHearsAtOnce()
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawClient(server.Address);
        var response = await raw.PostAsync("/test.v1.Echo/Unary", RawClient.Frame(new EchoRequest { Action = "hold" }), request =>
            request.Headers.TryAddWithoutValidation("grpc-timeout", "1S"));
        Assert.Equal("4", response.GrpcStatus);
        Assert.DoesNotContain("let go", server.Events.Log);
        server.Events.Release.SetResult();
        await server.Events.WaitForAsync("let go");
    }

    [Fact]
    public async Task Server_DeadlinePassesInAStream_TrailersSaySo()
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawClient(server.Address);
        var response = await raw.PostAsync("/test.v1.Echo/ServerStream", RawClient.Frame(new EchoRequest { Action = "wait", Text = "a", Count = 2 }), request =>
            request.Headers.TryAddWithoutValidation("grpc-timeout", "2S"));
        Assert.Equal("4", response.GrpcStatus);
        Assert.Equal(2, response.Messages.Count);
    }

    [Fact]
    public async Task Deadline_WhileReading_EndsTheStream()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.Duplex(deadline: DateTime.UtcNow.AddSeconds(2));
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "a" });
        Assert.True(await call.ResponseStream.MoveNext(default));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        var write = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new EchoRequest()));
        Assert.Equal(StatusCode.DeadlineExceeded, write.StatusCode);
    }
}

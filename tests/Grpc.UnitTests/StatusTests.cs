using Grpc.Core;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

public class StatusTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("ümläut %41 \n € 😀")]
    [InlineData("")]
    public async Task Handler_ThrowsRpcException_CallerGetsStatusAndTrailers(string detail)
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.UnaryAsync(new EchoRequest { Action = "fail", Count = (int)StatusCode.NotFound, Text = detail });
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal(detail, error.Status.Detail);
        Assert.Equal("because", error.Trailers.GetValue("x-why"));
        Assert.Equal(EchoService.Details, error.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal(error.Status, call.GetStatus());
        Assert.Equal("because", call.GetTrailers().GetValue("x-why"));
    }

    [Fact]
    public async Task Handler_FailsAfterMessages_CallerGetsMessagesThenStatus()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.ServerStream(new EchoRequest { Action = "fail", Count = 7, Text = "no" });
        for (var i = 0; i < 7; i++)
            Assert.True(await call.ResponseStream.MoveNext(default));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));
        Assert.Equal(new Status(StatusCode.PermissionDenied, "no"), error.Status);
        Assert.Equal(EchoService.Details, error.Trailers.GetValueBytes("grpc-status-details-bin"));
    }

    [Theory]
    [InlineData(false, "Exception was thrown by handler.")]
    [InlineData(true, "Exception was thrown by handler. InvalidOperationException: secret")]
    public async Task Handler_Throws_CallerGetsUnknown(bool detailed, string expected)
    {
        await using var server = await EchoServer.StartAsync(o => o.EnableDetailedErrors = detailed);
        var error = await FailAsync(server, new EchoRequest { Action = "throw", Text = "secret" });
        Assert.Equal(new Status(StatusCode.Unknown, expected), error.Status);
    }

    [Fact]
    public async Task Handler_SetsStatus_CallerGetsIt()
    {
        await using var server = await EchoServer.StartAsync();
        var error = await FailAsync(server, new EchoRequest { Action = "set status", Count = 10, Text = "later" });
        Assert.Equal(new Status(StatusCode.Aborted, "later"), error.Status);
    }

    [Fact]
    public async Task Handler_ReturnsNull_CallerGetsCancelled()
    {
        await using var server = await EchoServer.StartAsync();
        Assert.Equal(new Status(StatusCode.Cancelled, "No message returned from method."), (await FailAsync(server, new EchoRequest { Action = "null" })).Status);
    }

    [Fact]
    public async Task Handler_NotOverridden_CallerGetsUnimplemented()
    {
        await using var server = await EchoServer.StartAsync(map: app => Microsoft.AspNetCore.Builder.GrpcEndpointRouteBuilderExtensions.MapGrpcService<EmptyService>(app));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new Other.OtherClient(server.Channel).AskAsync(new EchoRequest()));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    [Fact]
    public async Task Trailer_NotAscii_CallerGetsInternal()
    {
        await using var server = await EchoServer.StartAsync();
        var error = await FailAsync(server, new EchoRequest { Action = "bad trailer" });
        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    [Fact]
    public async Task ClientStream_ServerFailsEarly_WriterAndResponseGetItsStatus()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.ClientStream();
        var fromWrite = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
                await call.RequestStream.WriteAsync(new EchoRequest { Action = "fail", Count = (int)StatusCode.FailedPrecondition, Text = "stop" });
        });
        var fromResponse = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "stop"), fromResponse.Status);
        Assert.Equal(fromResponse.Status, fromWrite.Status);
    }

    private static Task<RpcException> FailAsync(EchoServer server, EchoRequest request) =>
        Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(request));

    private sealed class EmptyService : Other.OtherBase;
}

using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

/// <summary>What our client makes of servers that answer wrongly, or not at all.</summary>
public class ClientErrorTests
{
    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(418, StatusCode.Unknown)]
    public async Task HttpStatus_WithoutGrpcStatus_IsMapped(int http, StatusCode expected) =>
        Assert.Equal(expected, (await FailAsync(context =>
        {
            context.Response.StatusCode = http;
            return Task.CompletedTask;
        })).StatusCode);

    [Fact]
    public async Task HttpStatus_WithGrpcStatus_TheLatterCounts() =>
        Assert.Equal(new Status(StatusCode.Aborted, "really"), (await FailAsync(context =>
        {
            context.Response.StatusCode = 500;
            context.Response.Headers["grpc-status"] = "10";
            context.Response.Headers["grpc-message"] = "really";
            return Task.CompletedTask;
        })).Status);

    [Fact]
    public async Task Ok_WithoutTheOneMessage_Unimplemented() =>
        Assert.Equal(StatusCode.Unimplemented, (await FailAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "0";
            return Task.CompletedTask;
        })).StatusCode);

    [Theory]
    [InlineData("text/html")]
    [InlineData(null)]
    public async Task ContentType_NotGrpc_Unknown(string? type)
    {
        var error = await FailAsync(context =>
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync("<html>");
        });
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.Contains(type ?? "none", error.Status.Detail);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 0 }, null, StatusCode.Cancelled)]
    [InlineData(new byte[] { }, null, StatusCode.Cancelled)]
    [InlineData(new byte[] { }, "0", StatusCode.Unimplemented)]
    [InlineData(new byte[] { 0, 0 }, "0", StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, "0", StatusCode.Internal)]
    [InlineData(new byte[] { 7, 0, 0, 0, 0 }, "0", StatusCode.Internal)]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, "0", StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 255 }, "0", StatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "0", StatusCode.Unimplemented)]
    [InlineData(new byte[] { 0, 0x7f, 0, 0, 0 }, "0", StatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0 }, "99", StatusCode.Unknown)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0 }, "soso", StatusCode.Unknown)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0 }, "5", StatusCode.NotFound)]
    public async Task Body_Malformed_GetsItsStatus(byte[] body, string? grpcStatus, StatusCode expected) =>
        Assert.Equal(expected, (await FailAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync();
            await context.Response.Body.WriteAsync(body);
            if (grpcStatus is not null)
                context.Response.AppendTrailer("grpc-status", grpcStatus);
        })).StatusCode);

    [Fact]
    public async Task Encoding_Unknown_Unimplemented() =>
        Assert.Equal(StatusCode.Unimplemented, (await FailAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-encoding"] = "snappy";
            await context.Response.Body.WriteAsync(new byte[] { 1, 0, 0, 0, 0 });
        })).StatusCode);

    [Theory]
    [InlineData(1, StatusCode.Internal)]
    [InlineData(7, StatusCode.Unavailable)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task Reset_ByTheServer_IsMapped(int errorCode, StatusCode expected) =>
        Assert.Equal(expected, (await FailAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            context.Features.Get<IHttpResetFeature>()!.Reset(errorCode);
        })).StatusCode);

    [Fact]
    public async Task Connection_LostInACall_Unavailable() =>
        Assert.Equal(StatusCode.Unavailable, (await FailAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionSocketFeature>()!.Socket.Close();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { });
        })).StatusCode);

    [Fact]
    public async Task Connection_Refused_Unavailable()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var channel = GrpcChannel.ForAddress($"http://{socket.LocalEndPoint}");
        var client = new Echo.EchoClient(channel);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new EchoRequest()))).StatusCode);
        using var duplex = client.Duplex();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => duplex.ResponseStream.MoveNext(default))).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => duplex.RequestStream.WriteAsync(new EchoRequest()))).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => duplex.ResponseHeadersAsync)).StatusCode);
    }

    [Fact]
    public async Task Server_SpeaksHttp1Only_GetsAStatus()
    {
        await using var server = await EchoServer.StartAsync(protocols: HttpProtocols.Http1);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(new EchoRequest()));
        Assert.Contains(error.StatusCode, (StatusCode[])[StatusCode.Internal, StatusCode.Unavailable]);
    }

    [Theory]
    [InlineData("ftp://localhost")]
    public void Address_NotHttp_IsRefused(string address) => Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress(address));

    [Fact]
    public void Options_HttpClientAndHandler_AreRefused() => Assert.Throws<ArgumentException>(() =>
        GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpClient = new HttpClient(), HttpHandler = new SocketsHttpHandler() }));

    private static async Task<RpcException> FailAsync(RequestDelegate answer)
    {
        await using var server = await EchoServer.StartAsync(map: app => app.MapPost("/test.v1.Other/Ask", answer));
        return await Assert.ThrowsAsync<RpcException>(async () =>
            await new Other.OtherClient(server.Channel).AskAsync(new EchoRequest(), deadline: DateTime.UtcNow.AddSeconds(30)));
    }
}

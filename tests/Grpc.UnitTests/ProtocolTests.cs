using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

/// <summary>What our server answers to requests no well-behaved client sends.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private const string Unary = "/test.v1.Echo/Unary";
    private EchoServer _server = null!;
    private RawClient _raw = null!;

    public async Task InitializeAsync()
    {
        _server = await EchoServer.StartAsync(map: app => app.MapPost("/v1/things", () => "not gRPC"));
        _raw = new RawClient(_server.Address);
    }

    public async Task DisposeAsync()
    {
        _raw.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Request_WellFormed_IsAnswered()
    {
        var response = await _raw.PostAsync(Unary, RawClient.Frame(new EchoRequest { Text = "hi" }));
        Assert.Equal("0", response.GrpcStatus);
        Assert.Equal("application/grpc", response.ContentType);
        Assert.False(response.IsTrailersOnly);
        Assert.Equal(["hi"], response.Texts);
    }

    [Theory]
    [InlineData("/test.v1.Echo/Nothing", "Method is unimplemented.")]
    [InlineData("/test.v1.Nobody/Unary", "Service is unimplemented.")]
    [InlineData("/v1/nothing", "Service is unimplemented.")]
    public async Task Path_Unknown_Unimplemented(string path, string detail)
    {
        var response = await _raw.PostAsync(path, RawClient.Frame(new EchoRequest()));
        Assert.Equal(HttpStatusCode.OK, response.HttpStatus);
        Assert.True(response.IsTrailersOnly);
        Assert.Equal("12", response.GrpcStatus);
        Assert.Equal(detail, response.GrpcMessage);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpcx")]
    [InlineData(null)]
    public async Task ContentType_Wrong_Http415(string? type)
    {
        var response = await _raw.PostAsync(Unary, RawClient.Frame(new EchoRequest()), r => r.Content!.Headers.ContentType = type is null ? null : new(type));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.HttpStatus);
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    public async Task ContentType_WithFormatOrParameter_IsAccepted(string type)
    {
        var response = await _raw.PostAsync(Unary, RawClient.Frame(new EchoRequest()), r => r.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type));
        Assert.Equal("0", response.GrpcStatus);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task HttpMethod_NotPost_Http405(string method)
    {
        var response = await _raw.PostAsync(Unary, RawClient.Frame(new EchoRequest()), r => (r.Method, r.Content) = (new HttpMethod(method), null));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.HttpStatus);
    }

    [Fact]
    public async Task HttpVersion_1_IsToldToUpgrade()
    {
        await using var server = await EchoServer.StartAsync(protocols: HttpProtocols.Http1);
        using var raw = new RawClient(server.Address);
        var response = await raw.PostAsync(Unary, RawClient.Frame(new EchoRequest()), r => r.Version = HttpVersion.Version11);
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.HttpStatus);
        Assert.Contains("needs HTTP/2", Uri.UnescapeDataString(response.GrpcMessage!));
    }

    [Fact]
    public async Task Path_NotGrpc_IsLeftToOtherEndpoints()
    {
        var known = await _raw.PostAsync("/v1/things", [], r => r.Content!.Headers.ContentType = null);
        Assert.Equal(HttpStatusCode.OK, known.HttpStatus);
        Assert.Null(known.GrpcStatus);
        var unknown = await _raw.PostAsync("/v1/nothing", [], r => r.Content!.Headers.ContentType = null);
        Assert.Equal(HttpStatusCode.NotFound, unknown.HttpStatus);
        var get = await _raw.PostAsync("/v1/nothing", [], r => (r.Method, r.Content) = (HttpMethod.Get, null));
        Assert.Equal(HttpStatusCode.NotFound, get.HttpStatus);
    }

    [Fact]
    public async Task UnknownServices_Ignored_Http404()
    {
        await using var server = await EchoServer.StartAsync(o => o.IgnoreUnknownServices = true);
        using var raw = new RawClient(server.Address);
        var response = await raw.PostAsync("/test.v1.Nobody/Unary", RawClient.Frame(new EchoRequest()));
        Assert.Equal(HttpStatusCode.NotFound, response.HttpStatus);
    }

    public static TheoryData<string, byte[], string, string> BadBodies => new()
    {
        { "no message", [], "12", "without the one message" },
        { "part of a header", [0, 0, 0], "13", "Incomplete message" },
        { "header without payload", RawClient.Frame([], length: 10), "13", "Incomplete message" },
        { "truncated payload", RawClient.Frame([1, 2, 3], length: 10), "13", "Incomplete message" },
        { "bad flag", RawClient.Frame([], flag: 2), "13", "compressed flag" },
        { "two messages", [.. RawClient.Frame([]), .. RawClient.Frame([])], "12", "Additional data" },
        { "garbage after the message", [.. RawClient.Frame([]), 1], "12", "Additional data" },
        { "not protobuf", RawClient.Frame([0xff, 0xff, 0xff]), "13", "could not be parsed" },
        { "compressed without an encoding", RawClient.Frame([], flag: 1), "13", "grpc-encoding" },
        { "larger than the limit", RawClient.Frame([], length: 4 * 1024 * 1024 + 1), "8", "4194304" },
        { "larger than any array", RawClient.Frame([], length: uint.MaxValue), "8", "4194304" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task Body_Malformed_GetsItsStatus(string what, byte[] body, string status, string detail)
    {
        var response = await _raw.PostAsync(Unary, body);
        Assert.True(response.GrpcStatus == status && Uri.UnescapeDataString(response.GrpcMessage!).Contains(detail), $"{what}: {response.GrpcStatus} {response.GrpcMessage}");
        Assert.Empty(response.Messages);
    }

    [Fact]
    public async Task Body_MalformedInAStream_GetsItsStatusAfterTheAnswers()
    {
        var response = await _raw.PostAsync("/test.v1.Echo/Duplex", [.. RawClient.Frame(new EchoRequest { Text = "a" }), 0, 0]);
        Assert.Equal("13", response.GrpcStatus);
        Assert.Equal(["a"], response.Texts);
    }

    [Fact]
    public async Task Encoding_Unknown_UnimplementedAndTheSupportedOnesAreNamed()
    {
        var response = await _raw.PostAsync(Unary, RawClient.Frame([], flag: 1), r => r.Headers.TryAddWithoutValidation("grpc-encoding", "snappy"));
        Assert.Equal("12", response.GrpcStatus);
        Assert.Equal("identity,gzip", response.Headers["grpc-accept-encoding"]);
    }

    [Fact]
    public async Task Gzip_Corrupt_Internal()
    {
        var response = await _raw.PostAsync(Unary, RawClient.Frame([1, 2, 3, 4], flag: 1), r => r.Headers.TryAddWithoutValidation("grpc-encoding", "gzip"));
        Assert.Equal("13", response.GrpcStatus);
    }

    [Fact]
    public async Task Gzip_Bomb_ResourceExhausted()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(new byte[64 * 1024 * 1024]);
        var response = await _raw.PostAsync(Unary, RawClient.Frame(packed.ToArray(), flag: 1), r => r.Headers.TryAddWithoutValidation("grpc-encoding", "gzip"));
        Assert.Equal("8", response.GrpcStatus);
    }

    [Fact]
    public async Task Gzip_Truncated_Internal()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(new EchoRequest { Text = new string('x', 1000) }.ToByteArray());
        var response = await _raw.PostAsync(Unary, RawClient.Frame(packed.ToArray()[..^10], flag: 1), r => r.Headers.TryAddWithoutValidation("grpc-encoding", "gzip"));
        Assert.Equal("13", response.GrpcStatus);
    }

    [Fact]
    public async Task Metadata_BadBase64_Internal()
    {
        var response = await _raw.PostAsync(Unary, RawClient.Frame(new EchoRequest { Action = "metadata" }), r => r.Headers.TryAddWithoutValidation("x-echo-bin", "!!!"));
        Assert.Equal("13", response.GrpcStatus);
    }

    [Fact]
    public void Body_AnyBytes_AlwaysGetsAStatus()
    {
        Prop.ForAll<byte[], NonEmptyArray<byte>>((head, tail) =>
        {
            // Bytes after a plausible header reach further than bytes alone.
            foreach (var body in (byte[][])[head, RawClient.Frame(tail.Get), [.. RawClient.Frame(head), .. tail.Get]])
            {
                var response = _raw.PostAsync(Unary, body).GetAwaiter().GetResult();
                Assert.Contains(response.GrpcStatus, (string?[])["0", "8", "12", "13"]);
            }
        }).QuickCheckThrowOnFailure();
        Assert.Empty(_server.Events.Log);
    }

    [Fact]
    public async Task Server_AfterBadRequests_StillAnswersOnTheSameConnection()
    {
        foreach (var body in BadBodies.Select(b => (byte[])b[1]))
            await _raw.PostAsync(Unary, body);
        Assert.Equal("0", (await _raw.PostAsync(Unary, RawClient.Frame(new EchoRequest()))).GrpcStatus);
    }
}

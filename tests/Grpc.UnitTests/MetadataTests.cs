using Grpc.Core;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

public class MetadataTests
{
    [Fact]
    public async Task Metadata_TextAndBinary_GoesBothWays()
    {
        await using var server = await EchoServer.StartAsync();
        var sent = new Metadata { { "X-Echo", "one" }, { "x-echo", "two" }, { "x-echo-bin", [0, 255, 16] }, { "x-echo-bin", [] }, { "x-echo-empty", "" } };
        using var call = server.Client.UnaryAsync(new EchoRequest { Action = "metadata" }, sent);
        var headers = await call.ResponseHeadersAsync;
        await call;
        foreach (var received in (Metadata[])[headers, call.GetTrailers()])
        {
            // HttpClient joins what has the same key, which HTTP allows.
            Assert.Equal("one, two", received.GetValue("x-echo"));
            Assert.Equal([[0, 255, 16], []], received.GetAll("x-echo-bin").Select(e => e.ValueBytes));
            Assert.Equal("", received.GetValue("x-echo-empty"));
        }
    }

    [Fact]
    public async Task Metadata_EightKilobytes_Arrives()
    {
        await using var server = await EchoServer.StartAsync();
        var value = new string('v', 8000);
        using var call = server.Client.UnaryAsync(new EchoRequest { Action = "metadata" }, new Metadata { { "x-echo", value } });
        await call;
        Assert.Equal(value, call.GetTrailers().GetValue("x-echo"));
    }

    [Fact]
    public async Task RequestHeaders_OfTheProtocol_AreNotMetadata()
    {
        await using var server = await EchoServer.StartAsync();
        var reply = await server.Client.UnaryAsync(new EchoRequest { Action = "keys" },
            new Metadata { { "x-mine", "1" }, { "te", "gzip" }, { "content-type", "text/plain" }, { "grpc-timeout", "1S" } }, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal("user-agent,x-mine", reply.Text);
    }

    [Fact]
    public async Task ResponseHeaders_OfTheProtocol_AreNotMetadata()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.UnaryAsync(new EchoRequest());
        Assert.Equal(["date", "server"], (await call.ResponseHeadersAsync).Select(e => e.Key).Order());
        await call;
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public async Task Context_DescribesTheCall()
    {
        await using var server = await EchoServer.StartAsync();
        var reply = await server.Client.UnaryAsync(new EchoRequest { Action = "context" });
        Assert.Matches($@"^/test\.v1\.Echo/Unary\|{server.Address.Authority}\|ipv4:127\.0\.0\.1:\d+\|False$", reply.Text);
    }

    [Fact]
    public async Task Host_Named_BecomesTheAuthority()
    {
        await using var server = await EchoServer.StartAsync();
        var reply = await server.Client.WithHost("shop.example").UnaryAsync(new EchoRequest { Action = "context" });
        Assert.Contains("|shop.example|", reply.Text);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a:b")]
    public void Key_Invalid_IsRefused(string key) => Assert.Throws<ArgumentException>(() => new Metadata { { key, "v" } });

    [Fact]
    public void Key_BinarySuffix_MustMatchTheValue()
    {
        Assert.Throws<ArgumentException>(() => new Metadata { { "a-bin", "text" } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "a", [1] } });
    }

    [Fact]
    public void Entry_Values_AreCopies()
    {
        byte[] bytes = [1, 2];
        var entry = new Metadata.Entry("a-bin", bytes);
        bytes[0] = 9;
        entry.ValueBytes[1] = 9;
        Assert.Equal([1, 2], entry.ValueBytes);
        Assert.Throws<InvalidOperationException>(() => entry.Value);
    }

    [Fact]
    public void Empty_Changed_IsRefused() => Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
}

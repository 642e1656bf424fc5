using Grpc.Core;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

public class MessageSizeTests
{
    private const int FourMiB = 4 * 1024 * 1024;

    [Fact]
    public async Task Server_ReceivesMoreThanItsLimit_ResourceExhausted()
    {
        await using var server = await EchoServer.StartAsync();
        Assert.Equal(StatusCode.ResourceExhausted, await SendAsync(server, FourMiB + 1));
    }

    [Fact]
    public async Task Server_ReceivesJustItsLimit_Answers()
    {
        await using var server = await EchoServer.StartAsync();
        // The text's tag and length take five bytes.
        var reply = await server.Client.UnaryAsync(new EchoRequest { Text = new string('x', FourMiB - 5) });
        Assert.Equal(FourMiB - 5, reply.Text.Length);
    }

    [Fact]
    public async Task Server_NoLimit_TakesLargeMessages()
    {
        await using var server = await EchoServer.StartAsync(o => o.MaxReceiveMessageSize = null);
        using var channel = server.NewChannel(o => o.MaxReceiveMessageSize = null);
        var text = new string('x', 20_000_000);
        Assert.Equal(text, (await new Echo.EchoClient(channel).UnaryAsync(new EchoRequest { Text = text })).Text);
    }

    [Fact]
    public async Task Server_SendsMoreThanItsLimit_ResourceExhausted()
    {
        await using var server = await EchoServer.StartAsync(o => o.MaxSendMessageSize = 100);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(new EchoRequest { Action = "big", Count = 101 }));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Contains("100 bytes", error.Status.Detail);
    }

    [Fact]
    public async Task Client_ReceivesMoreThanItsLimit_ResourceExhausted()
    {
        await using var server = await EchoServer.StartAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(new EchoRequest { Action = "big", Count = FourMiB + 1 }));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task Client_SendsMoreThanItsLimit_ResourceExhausted()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.NewChannel(o => o.MaxSendMessageSize = 100);
        var client = new Echo.EchoClient(channel);
        var request = new EchoRequest { Text = new string('x', 101) };
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(request))).StatusCode);
        using var stream = client.ClientStream();
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => stream.RequestStream.WriteAsync(request))).StatusCode);
    }

    [Fact]
    public async Task Stream_ManyLargeMessages_Flow()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.Duplex();
        var text = new string('x', 1_000_000);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await call.RequestStream.WriteAsync(new EchoRequest { Text = text });
            await call.RequestStream.CompleteAsync();
        });
        var count = 0;
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
            count += reply.Text.Length == text.Length ? 1 : 0;
        await writing;
        Assert.Equal(50, count);
    }

    private static async Task<StatusCode> SendAsync(EchoServer server, int size) =>
        (await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(new EchoRequest { Text = new string('x', size) }))).StatusCode;
}

using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Tests.Echo;
using Xunit;

namespace Rearm.Streaming.GrpcTests;

public class UnaryTests
{
    [Fact]
    public async Task Unary_Message_IsEchoed()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.ListenLocalhost(5123, o => o.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        await using var app = builder.Build();
        app.MapGrpcService<EchoService>();
        await app.StartAsync();
        using var channel = GrpcChannel.ForAddress("http://localhost:5123");
        var reply = await new Echo.EchoClient(channel).UnaryAsync(new EchoRequest { Text = "hi" });
        Assert.Equal("hi", reply.Text);
    }
}

using System.Text.Json;

namespace Rearm.Streaming.GrpcTests;

public sealed class PythonClientTests(PythonClientTests.Run run) : ForeignClientTests(run), IClassFixture<PythonClientTests.Run>
{
    public sealed class Run() : ClientRun(target => Peer.Python("client.py", target));
}

public sealed class NodeClientTests(NodeClientTests.Run run) : ForeignClientTests(run), IClassFixture<NodeClientTests.Run>
{
    public sealed class Run() : ClientRun(target => Peer.Node("client.js", target));
}

/// <summary>Clients we did not write, to our server. The script goes through all scenarios once; each is judged here.</summary>
public abstract class ForeignClientTests(ForeignClientTests.ClientRun run)
{
    [Theory]
    [InlineData("unary", "hi ü")]
    [InlineData("server_stream", "a0,a1,a2")]
    [InlineData("client_stream", "abc")]
    [InlineData("duplex", "a,b,c")]
    [InlineData("empty_streams", "|0")]
    [InlineData("echo_metadata", "x-echo=one x-echo-bin=00ff10 | x-echo=one x-echo-bin=00ff10")]
    [InlineData("big_metadata", "6000")]
    [InlineData("error", "NOT_FOUND|not found: ü 100%|grpc-status-details-bin=00ff10 x-why=because")]
    [InlineData("error_in_stream", "PERMISSION_DENIED")]
    [InlineData("exception", "UNKNOWN|Exception was thrown by handler.")]
    [InlineData("deadline", "DEADLINE_EXCEEDED")]
    [InlineData("cancel", "CANCELLED")]
    [InlineData("wrong_method", "UNIMPLEMENTED")]
    [InlineData("too_big", "RESOURCE_EXHAUSTED")]
    [InlineData("gzip", "gzip|True|a,b,c")]
    [InlineData("large_stream", "20000000")]
    public void Call_FromAForeignClient_ComesOutRight(string scenario, string expected) => Assert.Equal(expected, run.Results[scenario]);

    [Fact]
    public void Handlers_OfCallsGivenUp_AreCancelled() => Assert.Equal(2, run.Cancelled);

    public abstract class ClientRun(Func<string, Peer> start) : IAsyncLifetime
    {
        public Dictionary<string, string> Results { get; private set; } = [];

        public int Cancelled { get; private set; }

        public async Task InitializeAsync()
        {
            await using var server = await EchoServer.StartAsync(o => o.ResponseCompressionAlgorithm = "gzip");
            await using var client = start(server.Address.Authority);
            Results = JsonSerializer.Deserialize<Dictionary<string, string>>(await client.ReadLineAsync())!;
            await server.Events.WaitForAsync("cancelled");
            await server.Events.WaitForAsync("cancelled");
            Cancelled = server.Events.Log.Count(e => e == "cancelled");
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}

using System.Text.Json;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.NodeClient;

/// <summary>The services as seen by a client that we did not write: @grpc/grpc-js, with our .proto files.</summary>
public sealed class NodeClientTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    // Its packages are installed beside the script, not beside the tests' output.
    private static readonly string Folder = Repository.PathOf("tests", "IntegrationTests", "NodeClient");

    [Fact]
    public async Task Server_Asked_AnswersAndRefuses()
    {
        await using var server = await TestServer.StartAsync(redis.Server, TestModel.Compass());

        var answer = await RunAsync("server", server.Endpoints.Grpc);

        Assert.Equal(["a", "b"], answer.Strings("items"));
        Assert.Equal("PERSONAL", answer.GetProperty("source").GetString());
        Assert.Equal(1, answer.GetProperty("generation").GetInt64());
        Assert.Equal(2, answer.GetProperty("dimension").GetInt32());
        Assert.Equal(
            ["NOT_FOUND", "Generation 1 has no item \"zebra\", and the live catalogue no features of it. Check the id; a new item needs features, and takes a second or two."],
            answer.Strings("refusal"));
    }

    [Fact]
    public async Task Ingestor_GivenEvents_AcceptsRejectsAndStreams()
    {
        using var broker = new MockBroker();
        var topics = new KafkaTopics($"node-{Guid.NewGuid():N}");
        broker.CreateTopics(topics.Prefix);
        await using var ingestor = IngestorHost.Build([
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={broker.BootstrapServers}", $"--Kafka:TopicPrefix={topics.Prefix}", "--Logging:LogLevel:Default=None"]);
        await ingestor.StartAsync();

        var answer = await RunAsync("ingestor", ServiceEndpoints.Of(ingestor).Grpc);

        Assert.Equal(["ACCEPTED", "REJECTED"], answer.Strings("statuses"));
        Assert.Equal("user_id", answer.GetProperty("rejected_field").GetString());
        Assert.Equal(["n3", "n4", "n5"], answer.GetProperty("streamed").EnumerateArray().Select(ids => ids[0].GetString()));
        Assert.Equal("INVALID_ARGUMENT", answer.Strings("refusal")[0]);
        Assert.Equal(["n1", "n3", "n4", "n5"], broker.Interactions(topics.Prefix).Select(r => r.Event.Interaction.EventId).Order());
        await ingestor.StopAsync();
    }

    private static async Task<JsonElement> RunAsync(string service, Uri address) => JsonDocument.Parse(await ForeignProgram.RunAsync(
        "node", [Path.Combine(Folder, "client.js"), service, address.Authority, Path.Combine(AppContext.BaseDirectory, "Protos")],
        $"Run eng/setup.sh --tests, or: apt-get install nodejs npm && npm --prefix {Folder} install --no-package-lock")).RootElement;
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Samples;

/// <summary>The programs in samples/, run as they are against a Server and an Ingestor that asks for keys.</summary>
public sealed class SampleTests(RedisFixture redis) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private const string Key = "a-key-for-the-samples";
    private const string Remedy = "Run eng/setup.sh --tests.";

    private readonly MockBroker _broker = new();
    private readonly KafkaTopics _topics = new($"sample-{Guid.NewGuid():N}");
    private readonly TemporaryFolder _folder = new();
    private WebApplication _ingestor = null!;
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        var access = $"--Access:Keys:samples:Hash={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}";
        _broker.CreateTopics(_topics.Prefix);
        _ingestor = IngestorHost.Build([
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={_broker.BootstrapServers}", $"--Kafka:TopicPrefix={_topics.Prefix}", "--Logging:LogLevel:Default=None", access]);
        await _ingestor.StartAsync();
        _server = await TestServer.StartAsync(redis.Server, TestModel.Compass());
        await _server.Publisher.CatalogueAsync(TestModel.Titles("a", "b", "c"));
    }

    public async Task DisposeAsync()
    {
        await _ingestor.StopAsync();
        await _ingestor.DisposeAsync();
        await _server.DisposeAsync();
        _broker.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task CSharp_Run_SendsAndAsks() =>
        AssertSaysAll(await RunAsync("dotnet", [Path.Combine(Repository.OutputOf("Shop"), "Rearm.Streaming.Shop.dll"), "east"]));

    [Fact]
    public async Task Python_Run_SendsAndAsks()
    {
        await ForeignProgram.RunAsync(
            "protoc",
            [
                $"--proto_path={Path.Combine(AppContext.BaseDirectory, "Protos")}", $"--python_out={_folder.Path}", $"--grpc_out={_folder.Path}", "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin",
                "rearm/v1/events.proto", "rearm/v1/ingestion.proto", "rearm/v1/recommender.proto", "google/api/annotations.proto", "google/api/http.proto",
            ],
            Remedy);

        // Debian's Python, which has Debian's gRPC.
        AssertSaysAll(await RunAsync("/usr/bin/python3", [Repository.PathOf("samples", "python", "shop.py"), "east"]));
    }

    [Fact]
    public async Task Node_Run_SendsAndAsks() => AssertSaysAll(await RunAsync("node", [Repository.PathOf("samples", "node", "shop.js"), "east"]));

    [Fact]
    public async Task Curl_Run_SendsAndAsks()
    {
        var output = await RunAsync("bash", [Repository.PathOf("samples", "curl", "shop.sh"), "east"], http: true);

        Assert.Matches("""(?s)"ACCEPTED".*"click-1".*"ACCEPTED".*"click-2".*"REJECTED".*"is empty".*"a".*"title": "The a".*"b".*"c".*"PERSONAL".*""", output);
        AssertWereSent();
    }

    private void AssertSaysAll(string output)
    {
        Assert.Equal(
            ["red-canoe: ACCEPTED", "click: ACCEPTED", "click of nobody: REJECTED, user_id is empty", "for east, PERSONAL, generation 1:", "  The a 2", "  The b 1.8", "  The c 0", "  d -2"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        AssertWereSent();
    }

    private void AssertWereSent()
    {
        var item = Assert.Single(_broker.Items(_topics.Prefix)).Event.Item;
        Assert.Equal(("red-canoe", "Red canoe"), (item.ItemId, item.Attributes["title"]));
        Assert.Equal("east", Assert.Single(_broker.Interactions(_topics.Prefix)).Event.Interaction.UserId);
    }

    private Task<string> RunAsync(string program, string[] arguments, bool http = false)
    {
        string Address(ServiceEndpoints endpoints) => (http ? endpoints.Http : endpoints.Grpc).Authority;
        return ForeignProgram.RunAsync(program, arguments, Remedy, new Dictionary<string, string?>
        {
            ["REARM_INGESTOR"] = Address(ServiceEndpoints.Of(_ingestor)),
            ["REARM_SERVER"] = Address(_server.Endpoints),
            ["REARM_API_KEY"] = Key,
            ["PYTHONPATH"] = _folder.Path,
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        });
    }
}

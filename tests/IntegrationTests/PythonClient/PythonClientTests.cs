using System.Text.Json;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.PythonClient;

/// <summary>The Server as seen by a client that we did not write: Debian's gRPC for Python, with generated code and by reflection.</summary>
public sealed class PythonClientTests(RedisFixture redis) : IClassFixture<RedisFixture>, IDisposable
{
    private const string Remedy = "Run eng/setup.sh --tests, or: apt-get install python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task GeneratedClient_Asked_GetsAnswersAndRefusals()
    {
        await using var server = await TestServer.StartAsync(redis.Server, TestModel.Compass());
        await ForeignProgram.RunAsync(
            "protoc",
            [
                $"--proto_path={Path.Combine(AppContext.BaseDirectory, "Protos")}", $"--python_out={_folder.Path}", $"--grpc_out={_folder.Path}",
                "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", "rearm/v1/recommender.proto", "google/api/annotations.proto", "google/api/http.proto",
            ],
            Remedy);

        var answer = await PythonAsync("generated_client.py", server.Endpoints.Grpc.Authority);

        Assert.Equal(["a", "b"], answer.Strings("items"));
        Assert.Equal("PERSONAL", answer.GetProperty("source").GetString());
        Assert.Equal(1, answer.GetProperty("generation").GetInt64());
        Assert.Equal(["b"], answer.Strings("similar"));
        Assert.Equal(2, answer.GetProperty("dimension").GetInt32());
        Assert.Equal(["INVALID_ARGUMENT", "k: is 1001; at most 1000"], answer.Strings("refusal"));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task ReflectionClient_ThatKnowsNoProto_FindsTheServicesAndCallsThem(string version)
    {
        await using var server = await TestServer.StartAsync(redis.Server, TestModel.Compass());
        // The protocol's own messages are described by the package that serves it.
        var protocol = version == "v1" ? global::Grpc.Reflection.V1.ReflectionReflection.Descriptor : global::Grpc.Reflection.V1Alpha.ReflectionReflection.Descriptor;
        await File.WriteAllBytesAsync(_folder.File("reflection.descriptor"), protocol.SerializedData.ToByteArray());

        var answer = await PythonAsync("reflection_client.py", server.Endpoints.Grpc.Authority, version, _folder.File("reflection.descriptor"));

        Assert.Superset(
            new HashSet<string> { "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "rearm.v1.Recommender" },
            answer.Strings("services").ToHashSet());
        Assert.Superset(new HashSet<string> { "Recommend", "RecommendAll", "SimilarItems", "GetStatus", "WatchGenerations" }, answer.Strings("methods").ToHashSet());
        Assert.Equal(["a", "b"], answer.Strings("items"));
        Assert.Equal("PERSONAL", answer.GetProperty("source").GetString());
        Assert.Equal(5, answer.GetProperty("unknown").GetInt32()); // NOT_FOUND
    }

    // Debian's Python, which has Debian's gRPC; another one may come first on the path.
    private async Task<JsonElement> PythonAsync(string script, params string[] arguments) => JsonDocument.Parse(await ForeignProgram.RunAsync(
        "/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "PythonClient", script), .. arguments], Remedy,
        new Dictionary<string, string?> { ["PYTHONPATH"] = _folder.Path })).RootElement;
}

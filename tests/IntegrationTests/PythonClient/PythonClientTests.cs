using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Server;
using Rearm.Streaming.ServiceDefaults;

namespace Rearm.Streaming.IntegrationTests.PythonClient;

/// <summary>The Server as clients see it that we did not write: Debian's gRPC for Python, with generated code and by reflection.</summary>
public sealed class PythonClientTests(RedisFixture redis) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly string Here = AppContext.BaseDirectory;
    private readonly string _generated = Directory.CreateTempSubdirectory("rearm-python-").FullName;
    private WebApplication _server = null!;

    private string Address => ServiceEndpoints.Of(_server).Grpc.Authority;

    public async Task InitializeAsync()
    {
        var keys = new RedisKeys($"python-{Guid.NewGuid():n}");
        await PublishAsync(keys);
        _server = ServerHost.Build(["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Redis:Configuration={redis.Server.Configuration}", $"--Redis:KeyPrefix={keys.Prefix}", "--Logging:LogLevel:Default=Warning"]);
        await _server.StartAsync();
        using var http = new HttpClient { BaseAddress = ServiceEndpoints.Of(_server).Http };
        for (var watch = Stopwatch.StartNew(); !(await http.GetAsync("/readyz")).IsSuccessStatusCode; await Task.Delay(20))
            if (watch.Elapsed > TimeSpan.FromSeconds(30))
                throw new TimeoutException("The Server was not ready after 30 s.");
    }

    public async Task DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        Directory.Delete(_generated, recursive: true);
    }

    [Fact]
    public async Task GeneratedClient_Recommend_GetsItems()
    {
        await GenerateAsync(Path.Combine(Here, "Protos"), "rearm/v1/recommender.proto");
        var answer = await PythonAsync("generated_client.py", Address);
        Assert.Equal(["a", "b"], Strings(answer, "items"));
        Assert.Equal("PERSONAL", answer.GetProperty("source").GetString());
        Assert.Equal(1, answer.GetProperty("generation").GetInt64());
        Assert.Equal(["b"], Strings(answer, "similar"));
        Assert.Equal(2, answer.GetProperty("dimension").GetInt32());
        Assert.Equal(["INVALID_ARGUMENT", "k: is 1001; at most 1000"], Strings(answer, "refusal"));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task ReflectionClient_ThatKnowsNoProto_FindsTheServicesAndCallsThem(string version)
    {
        // The protocol's own messages are described by the package that serves it.
        var protocol = version == "v1" ? global::Grpc.Reflection.V1.ReflectionReflection.Descriptor : global::Grpc.Reflection.V1Alpha.ReflectionReflection.Descriptor;
        var descriptor = Path.Combine(_generated, "reflection.descriptor");
        await File.WriteAllBytesAsync(descriptor, protocol.SerializedData.ToByteArray());

        var answer = await PythonAsync("reflection_client.py", Address, version, descriptor);

        Assert.Superset(
            new HashSet<string> { "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "rearm.v1.Recommender" },
            Strings(answer, "services").ToHashSet());
        Assert.Equal(["Recommend", "SimilarItems", "GetStatus"], Strings(answer, "methods"));
        Assert.Equal(["a", "b"], Strings(answer, "items"));
        Assert.Equal("PERSONAL", answer.GetProperty("source").GetString());
        Assert.Equal(5, answer.GetProperty("unknown").GetInt32()); // NOT_FOUND
    }

    private async Task PublishAsync(RedisKeys keys)
    {
        var model = new ModelGeneration
        {
            Dimension = 2,
            ItemIds = ["a", "b", "c"],
            ItemVectors = [1, 0, 0.9f, 0.1f, 0, 1],
            Popularity = [3, 2, 1],
            Categories = [[], [], []],
            Available = [true, true, true],
            UserIds = ["east"],
            UserVectors = [1, 0],
            Snapshot = new SnapshotInfo { Number = 1, Hash = "abc123", EventTime = DateTimeOffset.UnixEpoch.ToTimestamp() },
            Metrics = new Dictionary<string, double>(),
            Settings = new Dictionary<string, string>(),
        };
        var database = redis.Server.Database;
        var manifest = GenerationCodec.Describe(model);
        manifest.Number = 1;
        manifest.PublishedAt = DateTimeOffset.UtcNow.ToTimestamp();
        foreach (var (info, bytes) in GenerationCodec.ItemChunks(model))
        {
            await database.StringSetAsync(keys.GenerationItems(1, manifest.ItemChunks.Count), bytes);
            manifest.ItemChunks.Add(info);
        }
        foreach (var (info, bytes) in GenerationCodec.UserChunks(model))
        {
            await database.StringSetAsync(keys.GenerationUsers(1, manifest.UserChunks.Count), bytes);
            manifest.UserChunks.Add(info);
        }
        await database.StringSetAsync(keys.GenerationManifest(1), manifest.ToByteArray());
        await database.StringSetAsync(keys.CurrentGeneration, 1);
    }

    private Task<string> GenerateAsync(string root, string proto) => RunAsync(
        "protoc", "protobuf-compiler protobuf-compiler-grpc",
        $"--proto_path={root}", $"--python_out={_generated}", $"--grpc_out={_generated}", "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", proto);

    private async Task<JsonElement> PythonAsync(string script, params string[] arguments)
    {
        // Debian's Python, which has Debian's gRPC; another one may come first on the path.
        var output = await RunAsync("/usr/bin/python3", "python3-grpcio python3-protobuf", [Path.Combine(Here, "PythonClient", script), .. arguments]);
        return JsonDocument.Parse(output).RootElement;
    }

    private async Task<string> RunAsync(string program, string packages, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONPATH"] = _generated;
        using var process = Start(start, packages);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in 60 s.");
        }
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode} (needs: apt-get install {packages}):\n{await errors}");
        return await output;
    }

    private static Process Start(ProcessStartInfo start, string packages)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{start.FileName} is missing. Run: apt-get install {packages}", e);
        }
    }

    private static IEnumerable<string> Strings(JsonElement answer, string name) => answer.GetProperty(name).EnumerateArray().Select(e => e.GetString()!);
}

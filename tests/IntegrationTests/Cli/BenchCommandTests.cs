using System.CommandLine;
using System.Text.Json;
using System.Xml.Linq;
using Rearm.Streaming.Cli;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Cli;

/// <summary>That it measures, not what: figures are for a machine with nothing else to do.</summary>
public sealed class BenchCommandTests(KafkaFixture kafka, RedisFixture redis) : IClassFixture<KafkaFixture>, IClassFixture<RedisFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Plot => _folder.File("plot.svg");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Graph_State_MeasuresEverySize()
    {
        var figures = await RunAsync("graph", "--redis", redis.Server.Configuration, "--only", "state", "--pairs", "100000");
        foreach (var size in (string[])["10k", "30k", "100k"])
            foreach (var figure in (string[])["apply_interactions_per_second", "resident_mib", "pause_ms", "checkpoint_seconds", "checkpoint_bytes_per_pair", "cut_seconds", "neighbor_recall", "snapshot_bytes_per_pair", "steady_interactions_per_second"])
                Assert.True(figures.GetProperty($"{size}.{figure}").GetDouble() > 0);
        Assert.Equal(figures.GetProperty("100k.snapshot_bytes_per_pair").GetDouble(), figures.GetProperty("snapshot.bytes_per_pair").GetDouble());
        Assert.Equal(figures.GetProperty("100k.steady_interactions_per_second").GetDouble(), figures.GetProperty("steady.interactions_per_second").GetDouble());
    }

    [Fact]
    public async Task Graph_Kafka_MeasuresCatchingUp()
    {
        var figures = await RunAsync("graph", "--redis", redis.Server.Configuration, "--only", "kafka", "--kafka", kafka.BootstrapServers, "--records", "20000");
        Assert.True(figures.GetProperty("kafka.interactions_per_second").GetDouble() > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ingest_AnyBroker_MeasuresBothWaysIn(bool embedded)
    {
        var figures = await RunAsync(["ingest", "--events", "5000", "--plot", Plot, .. embedded ? (string[])[] : ["--kafka", kafka.BootstrapServers]]);
        Assert.True(figures.GetProperty("ingest.grpc.events_per_second").GetDouble() > 0);
        Assert.True(figures.GetProperty("ingest.ndjson.events_per_second").GetDouble() > 0);
        AssertDrawn("events a second", "gRPC, one stream", "median");
    }

    [Fact]
    public async Task Serve_TopK_MeasuresEachSizeWithTheSameAnswers()
    {
        var figures = await RunAsync("serve", "--only", "topk", "--plot", Plot, "--items", "2000", "5000", "--rounds", "3");
        foreach (var size in (int[])[2000, 5000])
            foreach (var figure in (string[])["single_ms", "batch64_ms", "scan_ms", "blas64_ms", "single_ratio", "batch64_ratio", "codes_gb_per_second", "read_gb_per_second"])
                Assert.True(figures.GetProperty($"topk.{size}.{figure}").GetDouble() > 0);
        AssertDrawn("ms a query, 2,000 items", "ms a query, 5,000 items", "64 share a pass", "engine");
    }

    [Fact]
    public async Task Serve_Encoder_MeasuresEachWidth()
    {
        var figures = await RunAsync("serve", "--only", "encoder", "--plot", Plot, "--rounds", "3");
        foreach (var width in (int[])[64, 192, 768])
            Assert.True(figures.GetProperty($"encoder.{width}.20_items_ms").GetDouble() > 0);
        AssertDrawn("a user's vector, ms", "a new item's vector, us", "192 wide", "20 touched", "768 numbers");
    }

    [Fact]
    public async Task Train_OneWay_MeasuresStepsEpochsAndItsMemory()
    {
        var figures = await RunAsync("train", "--shapes", "tiktok", "--only", "fused", "--steps", "1");
        foreach (var figure in (string[])["seconds_per_step", "seconds_per_epoch", "evaluation_seconds", "gflops", "peak_mib"])
            Assert.True(figures.GetProperty($"tiktok.fused.{figure}").GetDouble() > 0);
    }

    [Fact]
    public async Task Serve_Load_MeasuresTheLimitTheOverloadAndASwap()
    {
        var figures = await RunAsync("serve", "--only", "load", "--plot", Plot, "--items", "2000", "--seconds", "1", "--redis", redis.Server.Configuration);
        foreach (var figure in (string[])["requests_per_second", "p50_ms", "p99_ms", "half_p99_ms", "filtered_p99_ms", "overload_p99_ms", "swap_p50_ms", "swap_p99_ms"])
            Assert.True(figures.GetProperty($"serve.2000.{figure}").GetDouble() > 0);
        AssertDrawn("latency, ms", "p99, 2,000 items");
    }

    [Fact]
    public async Task Serve_Swap_MeasuresLatenciesMemoryAndCollections()
    {
        var figures = await RunAsync("serve", "--only", "swap", "--items", "2000", "--seconds", "1", "--rate", "50", "--redis", redis.Server.Configuration);
        foreach (var figure in (string[])["seconds", "before_p99_ms", "during_p99_ms", "after_p99_ms", "resident_mib", "peak_mib", "left_mib", "peak_matrices"])
            Assert.True(figures.GetProperty($"swap.2000.{figure}").GetDouble() > 0, figure);
        Assert.True(figures.GetProperty("swap.2000.peak_mib").GetDouble() >= figures.GetProperty("swap.2000.resident_mib").GetDouble());
    }

    [Fact]
    public async Task Serve_Endurance_NoCallFailsAndNoAnswerIsMixed()
    {
        var figures = await RunAloneAsync("serve", "--only", "endurance", "--items", "2000", "--seconds", "6");
        var (calls, refused) = (figures.GetProperty("endurance.calls").GetDouble(), figures.GetProperty("endurance.refused").GetDouble());
        // Else nothing would have been tried: a call that is refused neither fails nor is mixed.
        Assert.Equal(1200, calls);
        Assert.True(refused <= calls / 2, $"{refused} of {calls} calls were refused");
        Assert.Equal(0, figures.GetProperty("endurance.failed").GetDouble());
        Assert.Equal(0, figures.GetProperty("endurance.mixed").GetDouble());
        // How many depends on the machine; the first one follows the restart.
        Assert.True(figures.GetProperty("endurance.swaps").GetDouble() >= 1);
        Assert.True(figures.GetProperty("endurance.memory_growth").GetDouble() < 2);
    }

    [Fact]
    public async Task Serve_Answer_MeasuresClicksAndTheCatalogue()
    {
        var figures = await RunAsync("serve", "--only", "answer", "--plot", Plot, "--clicks", "10", "--kafka", kafka.BootstrapServers, "--redis", redis.Server.Configuration);
        Assert.True(figures.GetProperty("event_to_answer.p99_ms").GetDouble() >= figures.GetProperty("event_to_answer.p50_ms").GetDouble());
        Assert.True(figures.GetProperty("catalogue_to_answer.p99_ms").GetDouble() > 0);
        AssertDrawn("ms until the answer has changed", "a click", "p99");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publish_AnyRedis_MeasuresWritingReadingAndExpiring(bool embedded)
    {
        var figures = await RunAsync(
            ["publish", "--users", "3000", "--width", "16", "--rounds", "1", "--plot", Plot, .. embedded ? (string[])[] : ["--redis", redis.Server.Configuration]]);
        foreach (var figure in (string[])["seconds_per_million", "cpu_seconds_per_million", "read_history_ms", "read_user_ms", "expire_seconds_per_million"])
            Assert.True(figures.GetProperty($"publish.3000.half.{figure}").GetDouble() > 0);
        AssertDrawn("seconds for a million users", "ms to read a user", "16 numbers");
    }

    [Theory]
    [InlineData("ingest", "--kafka")]
    [InlineData("publish", "--redis")]
    [InlineData("graph", "--kafka")]
    [InlineData("graph", "--redis")]
    public async Task Bench_ServerThatIsNotThere_FailsAndNamesIt(string what, string server)
    {
        var error = new StringWriter();
        var code = await RearmCommandLine.RunAsync(["bench", what, server, "127.0.0.1:1"], new InvocationConfiguration { Output = TextWriter.Null, Error = error });
        Assert.NotEqual(0, code);
        Assert.Contains("127.0.0.1:1 does not answer", error.ToString());
    }

    private void AssertDrawn(params string[] texts)
    {
        var root = XDocument.Load(Plot).Root!;
        Assert.Equal("svg", root.Name.LocalName);
        Assert.Empty(texts.Except(root.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)));
    }

    private async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var (output, error, file) = (new StringWriter(), new StringWriter(), _folder.File("figures.json"));
        var code = await RearmCommandLine.RunAsync(
            ["bench", .. arguments, "--json", file], new InvocationConfiguration { Output = output, Error = error });
        Assert.True(code == 0, $"{output}{error}");
        return await FiguresAsync(file);
    }

    // In a process of its own, whose memory is no other test's.
    private async Task<JsonElement> RunAloneAsync(params string[] arguments)
    {
        var file = _folder.File("figures.json");
        await ForeignProgram.RunAsync("dotnet", [Path.Combine(Repository.OutputOf("Cli"), "Rearm.Streaming.Cli.dll"), "bench", .. arguments, "--json", file], "Its output says why.");
        return await FiguresAsync(file);
    }

    private static async Task<JsonElement> FiguresAsync(string file) => JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file)).GetProperty("figures");
}

using System.CommandLine;
using System.Text.Json;
using Rearm.Streaming.Cli;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Cli;

/// <summary>That it measures, not what: figures are for a machine with nothing else to do.</summary>
public sealed class BenchCommandTests(KafkaFixture kafka, RedisFixture redis) : IClassFixture<KafkaFixture>, IClassFixture<RedisFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Graph_State_MeasuresEverySize()
    {
        var figures = await RunAsync("--only", "state", "--pairs", "100000");
        foreach (var size in (string[])["10k", "30k", "100k"])
            foreach (var figure in (string[])["apply_interactions_per_second", "resident_mib", "pause_ms", "checkpoint_seconds", "checkpoint_bytes_per_pair", "cut_seconds", "steady_interactions_per_second"])
                Assert.True(figures.GetProperty($"{size}.{figure}").GetDouble() > 0);
        Assert.Equal(figures.GetProperty("100k.steady_interactions_per_second").GetDouble(), figures.GetProperty("steady.interactions_per_second").GetDouble());
    }

    [Fact]
    public async Task Graph_Kafka_MeasuresCatchingUp()
    {
        var figures = await RunAsync("--only", "kafka", "--kafka", kafka.BootstrapServers, "--records", "20000");
        Assert.True(figures.GetProperty("kafka.interactions_per_second").GetDouble() > 0);
    }

    private async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var (output, error, file) = (new StringWriter(), new StringWriter(), _folder.File("figures.json"));
        var code = await RearmCommandLine.RunAsync(
            ["bench", "graph", "--redis", redis.Server.Configuration, "--json", file, .. arguments], new InvocationConfiguration { Output = output, Error = error });
        Assert.True(code == 0, $"{output}{error}");
        return JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file)).GetProperty("figures");
    }
}

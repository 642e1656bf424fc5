using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.Server;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Trainer;

namespace Rearm.Streaming.IntegrationTests.Deploy;

/// <summary>
/// The four services, started once with an embedded broker and Redis, and the metrics they export to Prometheus: those that /metrics prints, and those of ours that
/// it will print once there is something to count.
/// </summary>
public sealed partial class ExportedMetrics : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<WebApplication> _services = [];
    private readonly HashSet<string> _instruments = [];
    private readonly MeterListener _listener = new();

    /// <summary>Names that our instruments have in Prometheus, with a histogram's _bucket, _sum and _count.</summary>
    public IReadOnlySet<string> Ours => _instruments;

    /// <summary>The names of all samples that the services print, with the names of their labels.</summary>
    public Dictionary<string, HashSet<string>> Printed { get; } = [];

    public async Task InitializeAsync()
    {
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name.StartsWith("rearm.", StringComparison.Ordinal))
                lock (_instruments)
                    _instruments.UnionWith(PrometheusNames(instrument));
        };
        _listener.Start();
        await using var broker = EmbeddedBroker.Start();
        await using var redis = EmbeddedRedis.Start();
        var topics = new KafkaTopics();
        foreach (var topic in new[] { topics.Interactions, topics.Items, topics.DeadLetters, topics.Impressions })
            broker.CreateTopic(topic, 1);
        string[] common = ["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", "--Logging:LogLevel:Default=None"];
        string[] kafka = [$"--Kafka:BootstrapServers={broker.BootstrapServers}"];
        string[] store = [$"--Redis:Configuration={redis.Configuration}"];

        var ingestor = await StartAsync(IngestorHost.Build([.. common, .. kafka]));
        var graphBuilder = await StartAsync(GraphBuilderHost.Build([.. common, .. kafka, .. store, $"--GraphBuilder:CheckpointDirectory={_folder.File("graphs")}"]));
        await StartAsync(TrainerHost.Build([.. common, .. store, $"--Trainer:CheckpointDirectory={_folder.File("models")}", "--Trainer:Device=cpu"]));
        var server = await StartAsync(ServerHost.Build([.. common, .. kafka, .. store, "--Server:Impressions=true"]));
        using (var http = new HttpClient())
        {
            using var click = new StringContent("""[{"user_id":"ann","item_id":"x","type":"click"},{"user_id":"","item_id":"x","type":"click"}]""", System.Text.Encoding.UTF8, "application/json");
            (await http.PostAsync(new Uri(ingestor, "/v1/interactions"), click)).EnsureSuccessStatusCode();
            await Wait.UntilAsync("a snapshot is published", async () => (await http.PostAsync(new Uri(graphBuilder, "/v1/graphs/snapshots"), null)).IsSuccessStatusCode);
            // Gauges come with the worker's next report.
            await Wait.UntilAsync("the GraphBuilder has reported", async () =>
            {
                await ScrapeAsync(http, graphBuilder);
                return Printed.ContainsKey("rearm_graph_builder_users");
            });
            await http.GetAsync(new Uri(server, "/v1/users/ann/recommendations"));
            foreach (var service in _services)
                await ScrapeAsync(http, ServiceEndpoints.Of(service).Http);
        }
        foreach (var service in _services)
            await service.StopAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
        _listener.Dispose();
        _folder.Dispose();
    }

    private async Task<Uri> StartAsync(WebApplication service)
    {
        _services.Add(service);
        await service.StartAsync();
        return ServiceEndpoints.Of(service).Http;
    }

    private async Task ScrapeAsync(HttpClient http, Uri service)
    {
        foreach (Match sample in Sample().Matches(await http.GetStringAsync(new Uri(service, "/metrics"))))
        {
            if (!Printed.TryGetValue(sample.Groups[1].Value, out var labels))
                Printed[sample.Groups[1].Value] = labels = [];
            labels.UnionWith(Label().Matches(sample.Groups[2].Value).Select(label => label.Groups[1].Value));
        }
    }

    // OpenTelemetry's rules: dots become underscores, units are appended by their full name except what is in braces, and what only grows is a _total.
    private static IEnumerable<string> PrometheusNames(Instrument instrument)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", null or "" or ['{', ..] => "", var other => throw new NotSupportedException($"{instrument.Name} has the unit {other}.") };
        var name = instrument.Name.Replace('.', '_') + unit;
        return instrument.GetType().Name.Split('`')[0] switch
        {
            "Histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            "Counter" or "ObservableCounter" => [$"{name}_total"],
            _ => [name],
        };
    }

    [GeneratedRegex(@"(?m)^([a-z_0-9]+)(?:\{(.*)\})? ")]
    private static partial Regex Sample();

    [GeneratedRegex(@"([a-z_0-9]+)=""(?:[^""\\]|\\.)*""")]
    private static partial Regex Label();
}

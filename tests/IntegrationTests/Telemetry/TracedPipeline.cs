using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Trace;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Telemetry;

/// <summary>An Ingestor and a GraphBuilder with an embedded broker and Redis between them, all in this process, whose telemetry goes to a collector and into memory.</summary>
internal sealed class TracedPipeline : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedBroker _broker = EmbeddedBroker.Start();
    private readonly EmbeddedRedis _redis = EmbeddedRedis.Start();
    private readonly SpanCollection _spans = [];
    private WebApplication _ingestor = null!;
    private WebApplication _graphBuilder = null!;

    private TracedPipeline()
    {
    }

    public OtlpCollector Collector { get; private set; } = null!;

    public HttpClient Ingestor { get; private set; } = null!;

    public HttpClient GraphBuilder { get; private set; } = null!;

    /// <summary>The spans written so far, whichever service they come from.</summary>
    public Activity[] Spans => _spans.ToArray();

    public static async Task<TracedPipeline> StartAsync()
    {
        var pipeline = new TracedPipeline();
        await pipeline.StartAllAsync();
        return pipeline;
    }

    public async ValueTask DisposeAsync()
    {
        Ingestor.Dispose();
        GraphBuilder.Dispose();
        // Disposing alone does not wait for the workers: a checkpoint would be written into a folder that is being removed.
        await _ingestor.StopAsync();
        await _graphBuilder.StopAsync();
        await _ingestor.DisposeAsync();
        await _graphBuilder.DisposeAsync();
        await Collector.DisposeAsync();
        await _redis.DisposeAsync();
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAllAsync()
    {
        Collector = await OtlpCollector.StartAsync();
        var topics = new KafkaTopics();
        foreach (var topic in new[] { topics.Interactions, topics.Items, topics.DeadLetters })
            _broker.CreateTopic(topic, 2);
        string[] flags =
        [
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={_broker.BootstrapServers}", "--Logging:LogLevel:Default=Information",
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={Collector.Endpoint}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "--OTEL_METRIC_EXPORT_INTERVAL=100", "--OTEL_BSP_SCHEDULE_DELAY=100", "--OTEL_BLRP_SCHEDULE_DELAY=100",
        ];

        // Both services are in this process, so the exporter of one sees the spans of both.
        var graphs = ServiceHost.CreateBuilder(
            [.. flags, $"--Redis:Configuration={_redis.Configuration}", $"--GraphBuilder:CheckpointDirectory={_folder.Path}"],
            "graph-builder", GraphBuilding.Descriptor, GraphBuilderHost.DefaultGrpcPort, GraphBuilderHost.DefaultHttpPort);
        graphs.AddGraphBuilder();
        graphs.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(_spans));
        _graphBuilder = graphs.Build();
        _graphBuilder.MapCommon();
        _graphBuilder.MapGraphBuilder();
        await _graphBuilder.StartAsync();
        _ingestor = IngestorHost.Build(flags);
        await _ingestor.StartAsync();

        Ingestor = new() { BaseAddress = ServiceEndpoints.Of(_ingestor).Http };
        GraphBuilder = new() { BaseAddress = ServiceEndpoints.Of(_graphBuilder).Http };
    }
}

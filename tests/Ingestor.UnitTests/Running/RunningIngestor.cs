using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.Ingestor.UnitTests.Running;

/// <summary>An Ingestor on free ports, with topics of its own.</summary>
internal sealed class RunningIngestor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private RunningIngestor(WebApplication app, string prefix)
    {
        _app = app;
        Prefix = prefix;
        Endpoints = ServiceEndpoints.Of(app);
        _channel = GrpcChannel.ForAddress(Endpoints.Grpc, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        Client = new(_channel);
        Http = new() { BaseAddress = Endpoints.Http };
    }

    public string Prefix { get; }

    public IServiceProvider Services => _app.Services;

    public ServiceEndpoints Endpoints { get; }

    public Ingestion.IngestionClient Client { get; }

    public HttpClient Http { get; }

    /// <param name="broker">Its Kafka; null for an address where nothing listens.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="flags">Further configuration.</param>
    public static async Task<RunningIngestor> StartAsync(MockBroker? broker, TimeProvider clock, params string[] flags)
    {
        var prefix = $"t{Guid.NewGuid():N}";
        broker?.CreateTopics(prefix);
        var builder = ServiceHost.CreateBuilder(
            ["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={broker?.BootstrapServers ?? "127.0.0.1:1"}", $"--Kafka:TopicPrefix={prefix}", .. flags],
            "ingestor", Ingestion.Descriptor, IngestorHost.DefaultGrpcPort, IngestorHost.DefaultHttpPort);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        builder.AddIngestor();
        var app = builder.Build();
        app.MapCommon();
        app.MapIngestor();
        await app.StartAsync();
        return new(app, prefix);
    }

    /// <summary>Posts a body and reads the answer's JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(string path, string type, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("content-type", type);
        using var response = await Http.PostAsync(path, content);
        return (response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>What Prometheus would get.</summary>
    public Task<string> MetricsAsync() => Http.GetStringAsync("/metrics");

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _channel.Dispose();
        await _app.DisposeAsync();
    }
}

using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Telemetry;

/// <summary>What can be seen from outside of an event on its way from the HTTP request to the graph and the snapshot.</summary>
public class TelemetryTests
{
    private const string Click = """{"event_id":"e1","user_id":"ann","item_id":"x","type":"click"}""";

    [Fact]
    public async Task Event_PostedOverHttp_IsOneTraceUpToTheGraphAndLinkedFromTheSnapshot()
    {
        await using var pipeline = await TracedPipeline.StartAsync();
        // The shop's own trace. Services of other tests run in this process too, so it is also what tells their spans from these.
        var (trace, caller) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        await PostAsync(pipeline.Ingestor, "/v1/interactions", Click, $"00-{trace}-{caller}-01");
        await UntilReadAsync(pipeline, 1);
        var snapshot = await PostAsync(pipeline.GraphBuilder, "/v1/graphs/snapshots", body: null);
        var request = await SpanAsync(pipeline, s => s.TraceId == trace && s.Kind == ActivityKind.Server, "of the request");
        var publish = await SpanAsync(pipeline, s => s.TraceId == trace && s.DisplayName == "publish events", "publish events");
        var process = await SpanAsync(pipeline, s => s.TraceId == trace && s.DisplayName == "process events", "process events");
        var cut = await SpanAsync(pipeline, s => s.DisplayName == "publish snapshot" && s.Links.Any(link => link.Context.TraceId == trace), "publish snapshot");

        Assert.Contains("/v1/interactions", request.DisplayName);
        Assert.Equal(caller, request.ParentSpanId);
        Assert.Equal((request.TraceId, request.SpanId), (publish.TraceId, publish.ParentSpanId));
        Assert.Equal((request.TraceId, publish.SpanId), (process.TraceId, process.ParentSpanId));
        Assert.Equal((ActivityKind.Producer, ActivityKind.Consumer), (publish.Kind, process.Kind));
        Assert.Equal((request.TraceId, process.SpanId), (Assert.Single(cut.Links).Context.TraceId, Assert.Single(cut.Links).Context.SpanId));
        // What training and serving go on from.
        Assert.Equal(cut.Id, snapshot.GetProperty("traceparent").GetString());
    }

    [Fact]
    public async Task Event_WithoutASampledTrace_IsNotTraced()
    {
        await using var pipeline = await TracedPipeline.StartAsync();

        await PostAsync(pipeline.Ingestor, "/v1/interactions", Click, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
        await UntilReadAsync(pipeline, 1);
        // A traced event after it: once its span is there, one of the first would be there as well.
        var trace = ActivityTraceId.CreateRandom();
        await PostAsync(pipeline.Ingestor, "/v1/interactions", Click.Replace("e1", "e2", StringComparison.Ordinal), $"00-{trace}-b7ad6b7169203331-01");
        await SpanAsync(pipeline, s => s.TraceId == trace && s.DisplayName == "process events", "process events");

        Assert.DoesNotContain(pipeline.Spans, s => s.TraceId.ToHexString() == "0af7651916cd43dd8448eb211c80319c");
    }

    [Fact]
    public async Task Metrics_Scraped_HaveOurNamesUnitsAndBounds()
    {
        await using var pipeline = await TracedPipeline.StartAsync();
        await PostAsync(pipeline.Ingestor, "/v1/interactions", Click);
        await UntilReadAsync(pipeline, 1);
        await PostAsync(pipeline.GraphBuilder, "/v1/graphs/snapshots", body: null);

        var ingestor = await pipeline.Ingestor.GetStringAsync("/metrics");
        var graphs = await pipeline.GraphBuilder.GetStringAsync("/metrics");

        Assert.Matches(Sample("rearm_ingestor_events_total", "status=\"accepted\""), ingestor);
        // The first and the last of the bounds that we chose: the view matched.
        Assert.Matches(Sample("rearm_ingestor_batch_duration_seconds_bucket", "le=\"0.0005\""), ingestor);
        Assert.Matches(Sample("rearm_ingestor_batch_duration_seconds_bucket", "le=\"1800\""), ingestor);
        Assert.Matches(Sample("rearm_graph_builder_records_total", ""), graphs);
        Assert.Matches(Sample("rearm_graph_builder_snapshot_duration_seconds_bucket", "le=\"1800\""), graphs);
        // Gauges come with the worker's next report.
        await Wait.UntilAsync("the gauges are there", async () =>
        {
            var scraped = await pipeline.GraphBuilder.GetStringAsync("/metrics");
            return new[] { "lag", "partitions", "users", "items", "interactions", "snapshot_age_seconds" }
                .All(name => Regex.IsMatch(scraped, Sample($"rearm_graph_builder_{name}", "")));
        });
        Assert.Matches(Sample("rearm_graph_builder_retries_total", ""), graphs);
        Assert.Matches(Sample("http_server_request_duration_seconds_count", "http_route=\"/v1/interactions\""), ingestor);
        Assert.Contains("service_name=\"rearm-graph-builder\"", graphs);
    }

    [Fact]
    public async Task Otlp_EndpointIsSet_GetsMetricsTracesAndLogs()
    {
        await using var pipeline = await TracedPipeline.StartAsync();
        await PostAsync(pipeline.Ingestor, "/v1/interactions", Click);
        await UntilReadAsync(pipeline, 1);

        foreach (var (path, text) in new[]
        {
            ("/v1/metrics", "rearm.ingestor.events"), ("/v1/metrics", "rearm-ingestor"), ("/v1/metrics", "rearm.graph_builder.records"),
            ("/v1/traces", "publish events"), ("/v1/traces", "process events"), ("/v1/logs", "Reading {Count} partitions ({Partitions}), {Records} records behind"),
        })
            await Wait.UntilAsync($"{path} holds \"{text}\"", () => Task.FromResult(pipeline.Collector.Has(path, text)));
    }

    private static string Sample(string name, string label) => $"(?m)^{Regex.Escape(name)}\\{{[^}}]*{Regex.Escape(label)}[^}}]*\\}} [0-9]";

    private static async Task UntilReadAsync(TracedPipeline pipeline, int records) => await Wait.UntilAsync(
        $"{records} records are read",
        async () => JsonSerializer.Deserialize<JsonElement>(await pipeline.GraphBuilder.GetStringAsync("/v1/graphs/status")).GetProperty("records_read").GetString(),
        read => read == $"{records}");

    private static async Task<Activity> SpanAsync(TracedPipeline pipeline, Func<Activity, bool> which, string what) =>
        (await Wait.UntilAsync($"there is a span {what}", () => Task.FromResult(pipeline.Spans.FirstOrDefault(which)), span => span is not null))!;

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, string? body, string? traceparent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (body is not null)
            request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        if (traceparent is not null)
            request.Headers.Add("traceparent", traceparent);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}

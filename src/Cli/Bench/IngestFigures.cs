using System.Net.Http.Headers;
using System.Text;
using Grpc.Net.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.ServiceDefaults;
using Status = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>Taking events in: an Ingestor as it runs in production, between clients in this process and a broker that acknowledges with all replicas.</summary>
internal static class IngestFigures
{
    /// <summary>Events of an HTTP request.</summary>
    public const int LinesPerRequest = 5000;

    /// <summary>How often each way is measured; medians count.</summary>
    public const int Rounds = 3;

    private const int BatchSize = 1000;
    private const int RequestsAtATime = 4;

    /// <summary>Sends the same events over one gRPC stream and as NDJSON over HTTP, in turns.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="kafka">Brokers.</param>
    /// <param name="events">Events of each round at least: whole requests are sent.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureAsync(Figures figures, string kafka, int events, CancellationToken cancellationToken)
    {
        events = (events + LinesPerRequest - 1) / LinesPerRequest * LinesPerRequest;
        await using var ingestor = IngestorHost.Build(
        [
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={kafka}", $"--Kafka:TopicPrefix=rearm-bench-{Guid.NewGuid():N}",
            "--Kafka:Partitions=4", "--Logging:LogLevel:Default=Warning",
        ]);
        await ingestor.StartAsync(cancellationToken);
        var endpoints = ServiceEndpoints.Of(ingestor);
        using var channel = GrpcChannel.ForAddress(endpoints.Grpc);
        using var http = new HttpClient { BaseAddress = endpoints.Http };
        figures.Begin("Making events");
        var shop = new SyntheticRecords(events / 10, Math.Max(1000, events / 100), seed: 3);
        var requests = Requests(shop, events);
        var bodies = Bodies(shop, events);
        // Connections, topics and compiled code.
        await StreamAsync(channel, requests[..Math.Min(20, requests.Length)], cancellationToken);
        await PostAsync(http, bodies[..Math.Min(4, bodies.Length)], cancellationToken);

        var (streaming, posting) = (new List<double>(), new List<double>());
        var sent = figures.Begin("Sending events", "events", 2L * Rounds * events);
        for (var round = 0; round < Rounds; round++)
        {
            var time = new CpuTime();
            await StreamAsync(channel, requests, cancellationToken);
            streaming.Add(events / time.Seconds);
            sent?.Report((2L * round + 1) * events);
            time = new CpuTime();
            await PostAsync(http, bodies, cancellationToken);
            posting.Add(events / time.Seconds);
            sent?.Report((2L * round + 2) * events);
        }
        figures.Add("ingest.grpc.events_per_second", Median(streaming), $"events/s, one stream, batches of {BatchSize}, acks=all; median of {Rounds}");
        figures.Add(
            "ingest.ndjson.events_per_second", Median(posting),
            $"events/s, {RequestsAtATime} HTTP requests of {LinesPerRequest} lines at a time, acks=all; median of {Rounds}");
        foreach (var (group, rates) in new[] { ("gRPC, one stream", streaming), ($"NDJSON, {RequestsAtATime} requests at a time", posting) })
            foreach (var (name, rate) in new[] { ("slowest", rates.Min()), ("median", Median(rates)), ("fastest", rates.Max()) })
                figures.Bar("events a second", group, name, rate);
        await ingestor.StopAsync(cancellationToken);
    }

    private static IngestRequest[] Requests(SyntheticRecords shop, int events) =>
        [.. Interactions(shop, events).Chunk(BatchSize).Select(batch => new IngestRequest { Events = { batch.Select(i => new Event { Interaction = i }) } })];

    private static byte[][] Bodies(SyntheticRecords shop, int events) =>
        [.. Interactions(shop, events).Chunk(LinesPerRequest).Select(lines => Encoding.UTF8.GetBytes(string.Concat(lines.Select(Line))))];

    private static IEnumerable<Interaction> Interactions(SyntheticRecords shop, int events) => Enumerable.Range(0, events).Select(_ => shop.NextInteraction());

    private static string Line(Interaction i) =>
        $$"""{"event_id":"{{i.EventId}}","user_id":"{{i.UserId}}","item_id":"{{i.ItemId}}","type":"{{i.Type}}","time":"{{i.Time.ToDateTime():O}}"}""" + "\n";

    private static async Task StreamAsync(GrpcChannel channel, IngestRequest[] requests, CancellationToken cancellationToken)
    {
        using var call = new Ingestion.IngestionClient(channel).IngestStream(cancellationToken: cancellationToken);
        async Task WriteAsync()
        {
            foreach (var request in requests)
                await call.RequestStream.WriteAsync(request, cancellationToken);
            await call.RequestStream.CompleteAsync();
        }
        var writing = WriteAsync();
        while (await call.ResponseStream.MoveNext(cancellationToken))
            RequireAccepted(call.ResponseStream.Current.Results.FirstOrDefault(r => r.Status != Status.Accepted)?.ToString());
        await writing;
    }

    private static Task PostAsync(HttpClient http, byte[][] bodies, CancellationToken cancellationToken)
    {
        var together = new ParallelOptions { MaxDegreeOfParallelism = RequestsAtATime, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(bodies, together, async (body, token) =>
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
            using var response = await http.PostAsync("/v1/interactions", content, token);
            var answer = await response.Content.ReadAsStringAsync(token);
            var isAccepted = response.IsSuccessStatusCode && !answer.Contains("\"REJECTED\"", StringComparison.Ordinal) && !answer.Contains("\"FAILED\"", StringComparison.Ordinal);
            RequireAccepted(isAccepted ? null : answer);
        });
    }

    private static void RequireAccepted(string? problem)
    {
        if (problem is not null)
            throw new InvalidOperationException($"The Ingestor did not accept everything: {problem[..Math.Min(problem.Length, 500)]}");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

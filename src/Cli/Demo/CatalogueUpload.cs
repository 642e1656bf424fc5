using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Sends a catalogue as a shop's back office does: NDJSON over HTTP.</summary>
internal static class CatalogueUpload
{
    /// <summary>Keeps a request far below the Ingestor's limit, even with vectors of 4096 numbers.</summary>
    private const int ItemsPerRequest = 200;

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>Sends all items; returns when Kafka has them.</summary>
    /// <param name="ingestor">The Ingestor.</param>
    /// <param name="items">What to send.</param>
    /// <param name="cancellation">Stops sending.</param>
    /// <param name="progress">Told of items accepted.</param>
    /// <exception cref="CliException">An item was not accepted; the message says which and why.</exception>
    public static async Task SendAsync(HttpClient ingestor, IEnumerable<Item> items, CancellationToken cancellation, IProgress<long>? progress = null)
    {
        var sent = 0;
        foreach (var chunk in items.Chunk(ItemsPerRequest))
        {
            var body = new StringBuilder();
            foreach (var item in chunk)
                body.Append(JsonFormatter.Default.Format(item)).Append('\n');
            using var content = new StringContent(body.ToString(), Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
            using var response = await ingestor.PostAsync("/v1/items", content, cancellation);
            var answer = await response.Content.ReadAsStringAsync(cancellation);
            // An error has the same form, with "error" beside or in place of the results.
            var results = Parser.Parse<IngestResponse>(answer).Results;
            if (results.FirstOrDefault(r => r.Status != EventResult.Types.Status.Accepted) is { } bad)
                throw new CliException($"The Ingestor did not accept event {bad.EventId}: {bad.Field} {bad.Reason}");
            if (!response.IsSuccessStatusCode || results.Count != chunk.Length)
                throw new CliException($"The Ingestor answered {(int)response.StatusCode} to POST /v1/items: {answer}");
            progress?.Report(sent += chunk.Length);
        }
    }
}

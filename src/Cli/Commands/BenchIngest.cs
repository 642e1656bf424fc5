using System.CommandLine;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Doctor;
using Rearm.Streaming.Cli.Embedded;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench ingest</c>: measures the Ingestor on this machine.</summary>
internal static class BenchIngest
{
    public static RearmCommand Create()
    {
        var kafka = new Option<string>("--kafka")
        {
            Description = "Kafka to write to; default: an embedded one. Topics of its own are left there",
            HelpName = "host:port",
        };
        var events = Numbers.Option(
            "--events", $"Events of each round, rounded up to whole requests of {IngestFigures.LinesPerRequest}", 200_000, 1_000, 10_000_000);
        var command = new RearmCommand(
            "ingest",
            "Measure the Ingestor: events a second over one gRPC stream and as NDJSON over HTTP, each acknowledged by Kafka.",
            new Example("rearm bench ingest --kafka localhost:9092", "against your own Kafka"))
        {
            kafka, events,
        };
        return command.Measures(async (parsed, figures, cancellation) =>
        {
            await ServerProbes.RequireAsync(parsed.GetValue(kafka), redis: null, cancellation);
            await using var embedded = parsed.GetValue(kafka) is null ? EmbeddedBroker.Start() : null;
            await IngestFigures.MeasureAsync(figures, parsed.GetValue(kafka) ?? embedded!.BootstrapServers, parsed.GetValue(events), cancellation);
        }, ("events a second by the way in", figures => figures.Bars($"Taking events in, {IngestFigures.Rounds} rounds", "way in").ToSvg()));
    }
}

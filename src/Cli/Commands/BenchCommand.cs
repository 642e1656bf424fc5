using System.CommandLine;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench</c>: measures the pipeline on this machine.</summary>
internal static class BenchCommand
{
    private const int Million = 1_000_000;

    public static Command Create() => new("bench", "Measure parts of the pipeline on this machine.") { Graph() };

    private static RearmCommand Graph()
    {
        var kafka = new Option<string>("--kafka") { Description = "Kafka to catch up from; without, that is not measured. Topics of its own are left there", HelpName = "host:port" };
        var redis = new Option<string>("--redis") { Description = "Redis for live state; default: an embedded one. Keys of its own are left there", HelpName = "host:port" };
        var dataset = new Option<string>("--dataset") { Description = "A data set to cut co-occurrence from; default: a synthetic one of Amazon Baby's shape", HelpName = "folder" };
        var pairs = Numbers.Option("--pairs", "Interactions of the largest state; a tenth and three tenths of it are measured too", 10 * Million, 10_000, 100 * Million);
        var records = Numbers.Option("--records", "Records to catch up from Kafka", 2 * Million, 10_000, 100 * Million);
        var json = new Option<string>("--json") { Description = "Also write the figures to this file", HelpName = "file" };
        var command = new RearmCommand(
            "graph",
            "Measure the GraphBuilder: catching up, steady events, memory, pauses, and what cutting graphs costs.",
            new("rearm bench graph --pairs 1000000", "a smaller state, in less than a minute"),
            new("rearm bench graph --kafka localhost:9092 --redis localhost:6379 --json figures.json", "everything, against your own servers"))
        {
            kafka, redis, dataset, pairs, records, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var figures = new Figures(parsed.InvocationConfiguration.Output);
            await using var embedded = parsed.GetValue(redis) is null ? EmbeddedRedis.Start() : null;
            var address = parsed.GetValue(redis) ?? embedded!.Configuration;
            if (parsed.GetValue(kafka) is { } brokers)
                await KafkaFigures.MeasureAsync(figures, brokers, address, parsed.GetValue(records), cancellation);
            else
                figures.Skip("kafka.interactions_per_second", "give --kafka");

            var largest = parsed.GetValue(pairs);
            using (var connection = new RedisConnection(new() { Configuration = address, KeyPrefix = $"rearm-bench-{Guid.NewGuid():N}" }))
            await using (var state = new StateFigures(figures, largest))
                await state.MeasureAsync([largest / 10, largest / 10 * 3, largest], connection, cancellation);

            var data = parsed.GetValue(dataset) is { } folder ? DatasetReader.Read(folder) : null;
            CutFigures.Measure(figures, data is null ? null : DatasetSnapshot.Interactions(data), data?.ItemCount ?? 0, cancellation);
            if (parsed.GetValue(json) is { } path)
                await figures.WriteAsync(path, cancellation);
            return ExitCodes.Success;
        });
        return command;
    }
}

using System.CommandLine;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Doctor;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench graph</c>: measures the GraphBuilder on this machine.</summary>
internal static class BenchGraph
{
    private const int Million = 1_000_000;
    private const string KafkaPart = "kafka";
    private const string StatePart = "state";
    private const string CutPart = "cut";

    public static RearmCommand Create()
    {
        var kafka = new Option<string>("--kafka")
        {
            Description = "Kafka to catch up from; without, that is not measured. Topics of its own are left there",
            HelpName = "host:port",
        };
        var redis = new Option<string>("--redis")
        {
            Description = "Redis for live state; default: an embedded one. Keys of its own are left there",
            HelpName = "host:port",
        };
        var dataset = new Option<string>("--dataset")
        {
            Description = "A data set to cut co-occurrence from; default: a synthetic one of Amazon Baby's shape",
            HelpName = "folder",
        };
        var pairs = Numbers.Option(
            "--pairs", "Interactions of the largest state; a tenth and three tenths of it are measured too", 10 * Million, 10_000, 100 * Million);
        var records = Numbers.Option("--records", "Records to catch up from Kafka", 2 * Million, 10_000, 100 * Million);
        var only = new Option<string>("--only") { Description = "Measure one part alone", HelpName = "part" };
        only.AcceptOnlyFromAmong(KafkaPart, StatePart, CutPart);
        var command = new RearmCommand(
            "graph",
            "Measure the GraphBuilder: catching up, steady events, memory, pauses, and what cutting graphs costs.",
            new("rearm bench graph --pairs 1000000", "a smaller state"),
            new("rearm bench graph --kafka localhost:9092 --redis localhost:6379 --json figures.json", "everything, against your own servers"))
        {
            kafka, redis, dataset, pairs, records, only,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue<string?>("--plot") is not null && result.GetValue(only) is { } part && part != StatePart)
                result.AddError($"--plot draws the state by its size, which --only {part} does not measure.");
        });
        return command.Measures(async (parsed, figures, cancellation) =>
        {
            await ServerProbes.RequireAsync(parsed.GetValue(kafka), parsed.GetValue(redis), cancellation);
            await using var embedded = parsed.GetValue(redis) is null ? EmbeddedRedis.Start() : null;
            var address = parsed.GetValue(redis) ?? embedded!.Configuration;
            var part = parsed.GetValue(only);
            if (part is null or KafkaPart)
                if (parsed.GetValue(kafka) is { } brokers)
                    await KafkaFigures.MeasureAsync(figures, brokers, address, parsed.GetValue(records), cancellation);
                else
                    figures.Skip("kafka.interactions_per_second", "give --kafka");
            if (part is null or StatePart)
                await MeasureStateAsync(figures, parsed.GetValue(pairs), address, cancellation);
            if (part is null or CutPart)
                MeasureCut(figures, parsed.GetValue(dataset), cancellation);
        }, ("speed and size of the state", figures => figures.Lines("The GraphBuilder's state as it grows", "pairs of a user and an item").ToSvg()));
    }

    private static async Task MeasureStateAsync(Figures figures, int largest, string redis, CancellationToken cancellationToken)
    {
        using var connection = new RedisConnection(new() { Configuration = redis, KeyPrefix = $"rearm-bench-{Guid.NewGuid():N}" });
        await using var state = new StateFigures(figures, largest);
        await state.MeasureAsync([largest / 10, largest / 10 * 3, largest], connection, cancellationToken);
    }

    private static void MeasureCut(Figures figures, string? folder, CancellationToken cancellationToken)
    {
        var data = folder is null ? null : DatasetReader.Read(folder);
        CutFigures.Measure(figures, data is null ? null : DatasetSnapshot.Interactions(data), data?.ItemCount ?? 0, cancellationToken);
        if (data is { Features.Count: > 0 })
            NeighborFigures.Measure(figures, data, cancellationToken);
    }
}

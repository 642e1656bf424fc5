using System.CommandLine;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Doctor;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench publish</c>: measures the users of a generation in Redis.</summary>
internal static class BenchPublish
{
    private const string Half = "half";
    private const string Single = "single";

    public static RearmCommand Create()
    {
        var redis = new Option<string>("--redis")
        {
            Description = "Redis to publish to; default: an embedded one. Keys of its own expire there within minutes",
            HelpName = "host:port",
        };
        var users = Numbers.Option("--users", "Users of the generation", 1_000_000, 1_000, 10_000_000);
        var width = Numbers.Option("--width", "Numbers in a vector", 192, 1, 4096);
        var rounds = Numbers.Option("--rounds", "How often reading is measured, in turns; the medians count", 5, 1, 1000);
        var precision = new Option<string>("--precision") { Description = "How the numbers are stored: half or single", DefaultValueFactory = _ => Half };
        precision.AcceptOnlyFromAmong(Half, Single);
        var dataset = new Option<string>("--dataset")
        {
            Description = "Measure on this data set what half precision costs in recall, and nothing else",
            HelpName = "folder",
        };
        var model = new Option<string>("--model") { Description = "The model for --dataset", HelpName = "name", DefaultValueFactory = _ => "ials" };
        model.AcceptOnlyFromAmong([.. ModelCatalogue.Names]);
        var command = new RearmCommand(
            "publish",
            "Measure the users of a generation in Redis: publishing, memory, reading, expiring; and what half precision costs in recall.",
            new("rearm bench publish --redis localhost:6379 --users 1000000", "a million users"),
            new("rearm bench publish --dataset data/tiktok --model ials", "recall in half and in single precision"))
        {
            redis, users, width, rounds, precision, dataset, model,
        };
        return command.Measures(async (parsed, figures, cancellation) =>
        {
            if (parsed.GetValue(dataset) is { } folder)
            {
                var data = await DatasetReading.ReadAsync(folder, null, figures.Progress, cancellation: cancellation);
                await PrecisionFigures.MeasureAsync(figures, data, ModelCatalogue.Get(parsed.GetRequiredValue(model)), cancellation);
                return;
            }
            await ServerProbes.RequireAsync(kafka: null, parsed.GetValue(redis), cancellation);
            await using var embedded = parsed.GetValue(redis) is null ? EmbeddedRedis.Start() : null;
            using var connection = new RedisConnection(new()
            {
                Configuration = parsed.GetValue(redis) ?? embedded!.Configuration,
                KeyPrefix = $"rearm-bench-{Guid.NewGuid():N}",
                CommandTimeout = TimeSpan.FromMinutes(1),
            });
            await new PublishFigures(figures, connection, parsed.GetValue(rounds)).MeasureAsync(
                parsed.GetValue(users), parsed.GetValue(width), parsed.GetValue(precision) == Half ? VectorPrecision.Half : VectorPrecision.Full, cancellation);
        }, ("what was measured, as bars", figures => figures.Bars("The users of a generation in Redis", "what is measured").ToSvg()));
    }
}

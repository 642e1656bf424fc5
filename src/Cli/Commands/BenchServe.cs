using System.CommandLine;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Doctor;
using Rearm.Streaming.Cli.Plots;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench serve</c>: measures the Server on this machine.</summary>
internal static class BenchServe
{
    private const int LargestItems = 10_000_000;
    private const string TopKPart = "topk";
    private const string LoadPart = "load";
    private const string OverloadPart = "overload";
    private const string SwapPart = "swap";
    private const string AnswerPart = "answer";
    private const string EncoderPart = "encoder";
    private const string CataloguePart = "catalogue";
    private const string EndurancePart = "endurance";

    public static RearmCommand Create()
    {
        var items = new Option<int[]>("--items")
        {
            Description = "Number of items; may be given several times",
            HelpName = "number",
            DefaultValueFactory = _ => [23_033, 1_000_000],
            AllowMultipleArgumentsPerToken = true,
        };
        items.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int[]>().Any(count => count is < 1000 or > LargestItems))
                result.AddError("--items: 1000 to 10000000 is allowed.");
        });
        var rounds = Numbers.Option("--rounds", "How often everything is measured, in turns; the medians count", 21, 3, 10_000);
        var only = new Option<string>("--only") { Description = "Measure one part alone", HelpName = "part" };
        only.AcceptOnlyFromAmong(TopKPart, EncoderPart, CataloguePart, LoadPart, OverloadPart, SwapPart, AnswerPart, EndurancePart);
        var seconds = Numbers.Option("--seconds", "How long each load lasts", 5, 1, 600);
        var rate = Numbers.Option("--rate", "Calls a second during the swaps of --only swap", 200.0, 1, 100_000);
        var clicks = Numbers.Option("--clicks", "Clicks, and changes of the catalogue, that are followed to the answer", 200, 10, 10_000);
        var kafka = new Option<string?>("--kafka") { Description = "Kafka for the answer's part; default: an embedded one. Topics of its own are left there", HelpName = "host:port" };
        var redis = new Option<string?>("--redis") { Description = "Redis; default: an embedded one. Keys of its own are left there", HelpName = "host:port" };
        var command = new RearmCommand(
            "serve",
            "Measure the Server: the search for the best items, against plain scans; the encoders of a sequence model; what the live catalogue costs; load over "
            + "gRPC at rising rates, with filters, beyond capacity and during a swap of generations; how long a click takes to change the answer; and, if asked for, "
            + "what limits on running calls do, what a swap costs a Server in a process of its own, and a load while generations follow each other and Redis is restarted.",
            new Example("rearm bench serve --only topk --json figures.json", "the top-K engine, with 23,033 and with a million items"),
            new("rearm bench serve --only endurance --seconds 120", "two minutes of swaps, with a restart of Redis"),
            new("rearm bench serve --only swap --items 1000000 --seconds 10", "latencies, memory and garbage collections of swaps among a million items"),
            new("rearm bench serve --only load --items 23033 --redis 127.0.0.1:6379", "load, with a Redis of your own"))
        {
            items, rounds, seconds, rate, clicks, kafka, redis, only,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue<string?>("--plot") is not null && result.GetValue(only) is EndurancePart)
                result.AddError($"--plot draws times, which --only {EndurancePart} is not about. Leave it out, and take the figures from --json.");
        });
        return command.Measures(async (parsed, figures, cancellation) =>
        {
            var part = parsed.GetValue(only);
            await ServerProbes.RequireAsync(parsed.GetValue(kafka), parsed.GetValue(redis), cancellation);
            if (part is null or EncoderPart)
                EncoderFigures.Measure(figures, parsed.GetValue(rounds), cancellation);
            if (part is null or CataloguePart)
                await CatalogueFigures.MeasureSearchAsync(figures, parsed.GetValue(rounds), cancellation);
            foreach (var count in parsed.GetValue(items)!)
            {
                if (part is null or TopKPart)
                    TopKFigures.Measure(figures, count, parsed.GetValue(rounds), cancellation);
                if (part is null or CataloguePart)
                    await CatalogueFigures.MeasureAsync(figures, count, parsed.GetValue(rounds), parsed.GetValue(redis), cancellation);
                if (part is null or LoadPart)
                    await LoadFigures.MeasureAsync(figures, count, TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(redis), cancellation);
                if (part is SwapPart)
                    await SwapFigures.MeasureAsync(
                        figures, count, parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(redis), cancellation);
            }
            if (part is OverloadPart)
                await OverloadFigures.MeasureAsync(
                    figures, parsed.GetValue(items)![0], parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(redis),
                    cancellation);
            if (part is EndurancePart)
                await EnduranceFigures.MeasureAsync(figures, parsed.GetValue(items)![0], TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(redis), cancellation);
            if (part is null or AnswerPart)
                await AnswerFigures.MeasureAsync(figures, parsed.GetValue(kafka), parsed.GetValue(redis), parsed.GetValue(clicks), cancellation);
        }, ("latencies by the rate of requests, and the other parts' times as bars", Draw));
    }

    private static string Draw(Figures figures)
    {
        var plots = new List<string>();
        if (figures.HasPoints)
            plots.Add(figures.Lines("Latency of the Server under load", "requests a second").ToSvg());
        if (figures.HasBars)
            plots.Add(figures.Bars("What the Server does, part by part", "what is measured").ToSvg());
        return PlotStack.Of(plots);
    }
}

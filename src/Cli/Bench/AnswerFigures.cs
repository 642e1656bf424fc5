using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Contracts.V1;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>How long it takes from an event to a changed answer, through the whole pipeline, as it runs in the demo.</summary>
internal static class AnswerFigures
{
    private const int MaxK = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Clicks and catalogue changes, one after the other, each until the answer shows it.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="kafka">Brokers; null for embedded ones.</param>
    /// <param name="redis">A Redis; null for an embedded one.</param>
    /// <param name="rounds">How many of each.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureAsync(Figures figures, string? kafka, string? redis, int rounds, CancellationToken cancellationToken)
    {
        var options = new DemoOptions { Once = true, Epochs = 1, Kafka = kafka, Redis = redis };
        using var narrator = new Narrator(AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(TextWriter.Null) }));
        var data = SyntheticShop.Create(seed: 1);
        figures.Begin("Starting the services and training");
        await using var services = await DemoServices.StartAsync(options, TrainerPlan.For(options), narrator, cancellationToken);
        var pipeline = new Pipeline(services, narrator);
        await CatalogueUpload.SendAsync(services.IngestorHttp, data.Items, cancellationToken);
        await services.Events.SendAsync(data.Clicks.Select(click => new Event { Interaction = click }), cancellationToken: cancellationToken);
        await pipeline.ReadAllAsync(data.DistinctPairs, data.Items.Count, cancellationToken);
        await pipeline.PublishSnapshotAsync(cancellationToken);
        await pipeline.TrainAsync(cancellationToken);

        var users = data.Clicks.Select(click => click.UserId).Distinct().ToArray();
        var (events, changes) = (new List<double>(), new List<double>());
        var followed = figures.Begin("Following events to the answer", "rounds", rounds);
        for (var round = 0; round < rounds; round++)
        {
            followed?.Report(round);
            var user = users[round % users.Length];
            events.Add(await UntilGoneAsync(user, async item =>
            {
                var click = new Interaction { EventId = Guid.NewGuid().ToString("N"), UserId = user, ItemId = item, Type = "click", Time = Timestamp.FromDateTime(DateTime.UtcNow) };
                await services.Events.SendAsync([new Event { Interaction = click }], cancellationToken: cancellationToken);
            }));
            // Not so many that the shop is sold out.
            if (round < data.Items.Count / 2)
                changes.Add(await UntilGoneAsync(user, async item =>
                {
                    using var content = new StringContent(JsonSerializer.Serialize(new { item_id = item, available = false }), Encoding.UTF8, "application/json");
                    using var response = await services.IngestorHttp.PostAsync("/v1/items", content, cancellationToken);
                    response.EnsureSuccessStatusCode();
                }));
        }
        Report("event_to_answer", "a click", events, "from a click that is sent until the item is gone from the user's answer");
        Report("catalogue_to_answer", "an item that is sold out", changes, "from an item that is sold out until it is gone from answers");

        async Task<double> UntilGoneAsync(string user, Func<string, Task> send)
        {
            var item = (await services.Recommender.RecommendAsync(user, 1, cancellationToken)).Items[0].ItemId;
            var start = Stopwatch.GetTimestamp();
            await send(item);
            while ((await services.Recommender.RecommendAsync(user, MaxK, cancellationToken)).Items.Any(i => i.ItemId == item))
                if (Stopwatch.GetElapsedTime(start) > Patience)
                    throw new CliException(
                        $"{item} is still in the answer for {user} after {Patience.TotalSeconds:0} s. The services' logs may say why: "
                        + "rearm demo --verbose runs the same.");
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        void Report(string name, string group, List<double> milliseconds, string what)
        {
            milliseconds.Sort();
            var (p50, p99) = (milliseconds[milliseconds.Count / 2], milliseconds[Math.Max(0, (int)Math.Ceiling(milliseconds.Count * 0.99) - 1)]);
            figures.Add($"{name}.p50_ms", p50, $"ms {what}; {milliseconds.Count} of them");
            figures.Add($"{name}.p99_ms", p99, "ms");
            figures.Bar("ms until the answer has changed", group, "p50", p50);
            figures.Bar("ms until the answer has changed", group, "p99", p99);
        }
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server;
using Rearm.Streaming.Server.Answers;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using Change = Rearm.Streaming.Cli.Bench.BenchCatalogue.Change;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// What the live catalogue costs a Server: a look at it (Server:PollInterval) by how much has changed since the last, and what new items add to a search.
/// </summary>
internal static class CatalogueFigures
{
    private const int NewItems = 10_000;
    private const int Width = 64;
    private const int SearchWidth = 192;
    private const int SearchItems = 23_033;
    private const int Searches = 200;
    private const int Warm = 5;
    private const int K = 20;

    /// <summary>Measures a Server of so many items, three tenths of which are sold out, and 10,000 new ones.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="rounds">How often everything is measured; the medians count.</param>
    /// <param name="configuration">A Redis; null for an embedded one, whose allocations count as well then.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureAsync(Figures figures, int items, int rounds, string? configuration, CancellationToken cancellationToken)
    {
        await using var embedded = configuration is null ? EmbeddedRedis.Start() : null;
        using var redis = new RedisConnection(new()
        {
            Configuration = configuration ?? embedded!.Configuration,
            KeyPrefix = $"rearm-bench-{Guid.NewGuid():N}",
            CommandTimeout = TimeSpan.FromMinutes(1),
        });
        figures.Begin($"Preparing a catalogue of {items:N0} items");
        await new GenerationPublisher(redis, keep: 1, TimeProvider.System, NullLogger<GenerationPublisher>.Instance)
            .PublishAsync(RandomGeneration.Create(items, users: 1, Width, seed: 1), cancellationToken);
        await using var catalogue = await BenchCatalogue.CreateAsync(redis, items, hidden: items * 3 / 10, NewItems, cancellationToken);
        using var follower = new GenerationFollower(
            new(redis), new LiveCatalogue(redis), new HiddenItems(new(redis)), new LiveItems(new(redis), TimeProvider.System, NullLogger<LiveItems>.Instance),
            Options.Create(new ServerOptions()), NullLogger<GenerationFollower>.Instance, TimeProvider.System);
        await follower.FollowAsync(cancellationToken);
        var name = $"catalogue.{items}";
        await PollAsync("none", "nothing has changed", _ => Task.CompletedTask);
        await PollAsync("category", "an item of the generation has another category", cancel => catalogue.ChangeAsync(1, Change.Category, cancel));
        await PollAsync("availability", "an item is sold out, or there again", cancel => catalogue.ChangeAsync(1, Change.Availability, cancel));
        await PollAsync("new_item", $"one of {NewItems:N0} new items has other neighbours", cancel => catalogue.ChangeAsync(1, Change.NewItem, cancel));
        await PollAsync("hundred", "100 changes", cancel => catalogue.ChangeAsync(100, null, cancel));
        await PollAsync("thousand", "1000 changes", cancel => catalogue.ChangeAsync(1000, null, cancel));

        async Task PollAsync(string what, string meaning, Func<CancellationToken, Task> change)
        {
            var done = figures.Begin($"Polling: {meaning}", "polls", rounds);
            var (seconds, bytes) = (new double[rounds], new double[rounds]);
            for (var round = 0; round < rounds; round++)
            {
                await change(cancellationToken);
                var (start, before) = (new CpuTime(), GC.GetTotalAllocatedBytes(precise: true));
                await follower.FollowAsync(cancellationToken);
                (seconds[round], bytes[round]) = (start.CpuSeconds, GC.GetTotalAllocatedBytes(precise: true) - before);
                done?.Report(round + 1);
            }
            figures.Add($"{name}.poll.{what}_cpu_ms", Median(seconds) * 1e3, $"ms of processor time, a look when {meaning}");
            figures.Add($"{name}.poll.{what}_kb", Median(bytes) / 1e3, "kB allocated");
        }
    }

    /// <summary>What new items add to a search among 23,033 items, on one thread.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="rounds">How often everything is measured; the medians count.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureSearchAsync(Figures figures, int rounds, CancellationToken cancellationToken)
    {
        figures.Begin("Searching among new items", "", 0);
        var model = RandomGeneration.Create(SearchItems, Searches, SearchWidth, seed: 1);
        var generation = LiveFigures.Load(model, null);
        var engine = new TopKEngine(Options.Create(new ServerOptions()));
        var random = new Random(3);
        foreach (var count in (int[])[100, 1000, 10_000, 100_000])
        {
            var described = Enumerable.Range(0, count).Select(n => KeyValuePair.Create($"n{n}", Describe(random))).ToArray();
            var items = Server.Catalogue.NewItems.Of(generation, described, length: 1);
            var state = ServingState.Of(generation, null, LiveRestrictions.None, "") with { Catalogue = new(items, null, []) };
            var rules = new ItemRules([], [], null);
            var queries = new TopKQuery[Searches];
            for (var search = 0; search < Searches; search++)
            {
                var query = queries[search] = engine.Rent(generation.Items, K);
                model.UserVectors.AsSpan(search * SearchWidth, SearchWidth).CopyTo(query.Vector);
                AllowedItems.Of(state, generation, rules, query.Allowed);
                await engine.FindAsync(query, cancellationToken);
            }
            var times = new double[rounds];
            for (var round = -Warm; round < rounds; round++)
            {
                var start = new CpuTime();
                foreach (var query in queries)
                    Merge(query);
                if (round >= 0)
                    times[round] = start.CpuSeconds / Searches;
            }
            foreach (var query in queries)
                engine.Return(query);
            figures.Add(
                $"catalogue.search.{count}_new_us", Median(times) * 1e6,
                $"us of processor time that {count:N0} new items add to a search, {SearchWidth} numbers wide");

            void Merge(TopKQuery query)
            {
                Span<int> rows = stackalloc int[K];
                Span<float> scores = stackalloc float[K];
                query.Rows.CopyTo(rows);
                query.Scores.CopyTo(scores);
                InterimSearch.Merge(query.Vector, items, new(state, rules, []), Cursor.Start, generation.ItemIds, rows, scores, query.Found);
            }
        }
    }

    private static CatalogueItem Describe(Random random)
    {
        var item = new CatalogueItem();
        for (var n = 0; n < 20; n++)
        {
            item.NeighborIds.Add($"i{random.Next(SearchItems)}");
            item.NeighborCosines.Add(0.5f + random.NextSingle() / 2);
        }
        return item;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Server;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Sequences;

namespace Rearm.Streaming.IntegrationTests.Server;

public class ServerMetricsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Requests_AreCountedByMethodAndOutcome()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var requests = new ConcurrentBag<string>();
        using var listener = Listen(server, (instrument, _, tags) =>
        {
            if (instrument == "rearm.server.requests")
                requests.Add($"{tags["method"]} {tags["outcome"]}");
        });
        await server.RecommendAsync("east");
        await server.RecommendAsync("stranger");
        await server.Client.SimilarItemsAsync(new() { ItemId = "a" });
        await TestServer.FailsAsync(server.RecommendAsync(""));
        Assert.Equal(["Recommend InvalidArgument", "Recommend Personal", "Recommend Popular", "SimilarItems Similar"], requests.Order());
    }

    [Fact]
    public async Task VectorsUnknown_VectorThatIsDamaged_IsCounted()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await redis.Database.StringSetAsync(server.Publisher.Keys.UserVector(1, "east"), "damaged");
        var unknown = 0.0;
        using var listener = Listen(server, (instrument, value, _) =>
        {
            if (instrument == "rearm.server.vectors.unknown")
                unknown += value;
        });

        await server.RecommendAsync("east");
        await server.RecommendAsync("north");
        await server.RecommendAsync("stranger");

        Assert.Equal(1, unknown);
    }

    [Fact]
    public async Task Gauges_BeforeAnyRequest_DescribeTheGeneration()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var values = new ConcurrentDictionary<string, double>();
        using var listener = Listen(server, (instrument, value, _) => values[instrument] = value);
        listener.RecordObservableInstruments();
        Assert.Equal(1, values["rearm.server.generation.number"]);
        Assert.Equal(0, values["rearm.server.calls.running"]);
        Assert.True(values["rearm.server.generation.age"] >= 0);
    }

    [Fact]
    public async Task Searches_WithAnIndex_AreCountedWithItsRecall()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(2000, 50, 16, seed: 1), "--Server:ApproximateFrom=1000");
        var status = await Wait.UntilAsync("the index answers", async () => (await server.StatusAsync()).ApproximateSearch, s => s.Used);
        var values = new ConcurrentDictionary<string, double>();
        using var listener = Listen(server, (instrument, value, _) => values[instrument] = value);
        await server.RecommendAsync("u1");
        listener.RecordObservableInstruments();
        Assert.Equal(1, values["rearm.server.search.approximate"]);
        Assert.Equal(1, values["rearm.server.search.queries"]);
        Assert.Equal(0, values["rearm.server.search.passes"]);
        Assert.Equal(status.Recall, values["rearm.server.search.recall"]);
    }

    [Fact]
    public async Task NewItems_OfEachKind_AreCountedByWhereTheirVectorIsFrom()
    {
        var model = TestModel.Random(items: 30, users: 2, dimension: 8, seed: 1) with { ItemEncoder = RandomItemEncoder.Of(width: 8, [("look", 4)]) };
        await using var server = await TestServer.StartAsync(redis, model);
        var features = CatalogueFeatures.Write("look", ItemVector.Compact([4, 3, 2, 1]));
        await server.Publisher.CatalogueAsync(
            ("i1", new()), ("like i2", new() { NeighborIds = { "i2" }, NeighborCosines = { 0.5f } }), ("like nothing", new()), ("like nothing else", new()),
            ("described", new() { Features = { features } }), ("described too", new() { Features = { features } }), ("and this", new() { Features = { features } }));
        await Wait.UntilAsync("the new items are recommended", async () => (await server.RecommendAsync("u0", k: 50)).Items.Count == 34);
        var values = new ConcurrentDictionary<object, double>();
        using var listener = Listen(server, (instrument, value, tags) =>
        {
            if (instrument == "rearm.server.new_items")
                values[tags["vector"]!] = value;
        });

        listener.RecordObservableInstruments();

        Assert.Equal((3, 1, 2), (values["encoded"], values["interim"], values["none"]));
    }

    // Other Servers run in this process; the meter factory tells their meters apart.
    private static MeterListener Listen(TestServer server, Action<string, double, Dictionary<string, object?>> take)
    {
        var factory = server.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == ServerMetrics.MeterName && instrument.Meter.Scope == factory)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => take(i.Name, value, Tags(tags)));
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => take(i.Name, value, Tags(tags)));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => take(i.Name, value, Tags(tags)));
        listener.Start();
        return listener;
    }

    private static Dictionary<string, object?> Tags(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = new Dictionary<string, object?>();
        foreach (var (name, value) in tags)
            all[name] = value;
        return all;
    }
}

using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Impressions;

/// <summary>Through Kafka and Redis: what users were shown by a Server, what they clicked, and what a GraphBuilder makes of it.</summary>
public sealed class ImpressionsTests(KafkaFixture kafka, RedisFixture redis) : IClassFixture<KafkaFixture>, IClassFixture<RedisFixture>, IDisposable
{
    private const int Users = 160;
    private const int Shown = 5;

    private readonly KafkaTopics _topics = new($"t{Guid.NewGuid():N}");
    private readonly TemporaryFolder _folder = new();
    private RedisServer _redis = redis.Server;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Experiment_OneArmRanksWhatUsersLike_IsFoundToBeBetterAndEndedForIt()
    {
        await using var server = await StartServerAsync(kafka.BootstrapServers);
        await server.Publisher.PublishAsync(1, ShopWithTastes.Generation(Users, isRight: true));
        await server.Publisher.PublishAsync(2, ShopWithTastes.Generation(Users, isRight: false));
        await server.ServesAsync(2);
        var report = await server.Generations.StartExperimentAsync(new()
        {
            Control = new() { Name = "wrong", Generation = 2 },
            Treatment = new() { Name = "right", Generation = 1 },
            Share = 0.5,
        });
        Assert.Equal("", report.Problem);
        await Wait.UntilAsync("the experiment is served", async () => (await server.StatusAsync()).Experiment is not null);
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = kafka.BootstrapServers, Partitioner = Partitioner.Murmur2Random, LingerMs = 0 }).Build();
        var shop = new ShopWithTastes(producer, _topics.Interactions, seed: 5);
        var expected = new Dictionary<string, (long Lists, long Shown, long Clicks)> { ["right"] = default, ["wrong"] = default };

        // Half of them, then a restart: what was shown before it may be clicked after it, and nothing counts twice.
        var seen = new Dictionary<string, RecommendResponse>();
        await using (var first = await StartGraphBuilderAsync(server))
        {
            foreach (var user in Enumerable.Range(0, Users).Select(u => $"u{u}"))
            {
                seen[user] = await server.RecommendAsync(user, k: Shown);
                Assert.NotEqual("", seen[user].RequestId);
                var (lists, shown, clicks) = expected[seen[user].Arm];
                expected[seen[user].Arm] = (lists + 1, shown + Shown, clicks);
            }
            // A click that is in the log long before what was shown is one without it.
            await CountsAsync(server, expected);
            await LookAsync(user => user[^1] < '5');
            await CountsAsync(server, expected);
            await first.StopAsync();
        }
        await using var builder = await StartGraphBuilderAsync(server, $"--GraphBuilder:EndExperimentAfterItems=200");
        await LookAsync(user => user[^1] >= '5');
        // Neither is shown to anybody.
        Assert.Equal("", (await server.Client.RecommendAsync(new() { UserId = "u1", NotShown = true })).RequestId);
        Assert.Equal("", (await server.Client.RecommendSessionAsync(new() { ItemIds = { "i1" } })).RequestId);

        await CountsAsync(server, expected);
        var ended = await Wait.UntilAsync("the experiment has ended", async () => await server.Generations.GetExperimentAsync(new()), r => !r.Running);

        Assert.StartsWith("Arm right is better", ended.Experiment.EndedBecause, StringComparison.Ordinal);
        var (wrong, right) = (ended.Arms[0], ended.Arms[1]);
        Assert.Equal(("wrong", "right", 2L, 1L), (wrong.Counts.Arm, right.Counts.Arm, wrong.Counts.Generation, right.Counts.Generation));
        Assert.True(wrong.High < right.Low, $"{wrong} {right}");
        Assert.InRange(ShopWithTastes.LikedClicks, right.Low - 0.05, right.High + 0.05);
        Assert.InRange(ShopWithTastes.OtherClicks, wrong.Low - 0.05, wrong.High + 0.05);
        // Generation 2 is the newest, so the better one had to be pinned.
        var list = await server.Generations.ListGenerationsAsync(new());
        Assert.Equal((1L, true), (list.Served, list.Pinned));
        Assert.Equal(2, list.Clicks.Count);
        // The gauges are those of the status.
        var rates = list.Clicks.SelectMany(c => new[] { ("rate", c.Rate), ("rate.low", c.Low), ("rate.high", c.High) }
            .Select(r => ($"rearm.graph_builder.impressions.{r.Item1}", c.Counts.Generation, c.Counts.Arm, r.Item2))).ToHashSet();
        await Wait.UntilAsync("the gauges say it", () => Task.FromResult(Gauges(builder)), rates.SetEquals);
        await server.ServesAsync(1);
        await builder.StopAsync();

        async Task LookAsync(Func<string, bool> who)
        {
            foreach (var (user, answer) in seen.Where(s => who(s.Key)))
            {
                var (lists, shown, clicks) = expected[answer.Arm];
                expected[answer.Arm] = (lists, shown, clicks + await shop.LookAsync(user, answer));
            }
        }
    }

    [Fact]
    public async Task Join_TopicWithAnotherNumberOfPartitions_IsRefusedAndSaysWhatToDo()
    {
        await kafka.Broker.CreateAsync(_topics.Impressions, partitions: 2);
        await using var server = await StartServerAsync(kafka.BootstrapServers);
        await using var builder = await StartGraphBuilderAsync(server, joins: false);

        var status = await Wait.UntilAsync(
            "the join has looked", async () => (await Client(builder).GetStatusAsync(new())).Impressions, s => s is { Problem.Length: > 0 });

        Assert.Contains($"{_topics.Impressions} has 2 partitions and {_topics.Interactions} has 4", status.Problem, StringComparison.Ordinal);
        await builder.StopAsync();
    }

    [Fact]
    public async Task Recommend_KafkaIsDown_AnswersAllTheSameAndCountsWhatIsDropped()
    {
        await using var server = await StartServerAsync($"127.0.0.1:{FreePort.Next()}", ShopWithTastes.Generation(1, isRight: true));
        await server.ServesAsync(1);
        var dropped = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "rearm.server.impressions" && instrument.Meter.Scope == server.Services.GetRequiredService<IMeterFactory>())
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var (_, outcome) in tags)
                Interlocked.Add(ref dropped, Equals(outcome, "dropped") ? value : 0);
        });
        listener.Start();

        for (var n = 0; n < 20; n++)
            Assert.Equal(Shown, (await server.RecommendAsync("u0", k: Shown)).Items.Count);

        Assert.Equal(20, Interlocked.Read(ref dropped));
        Assert.StartsWith("Degraded", await server.Http.GetStringAsync("/readyz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_RedisHasGone_NoWorkerFails()
    {
        await using var own = await RedisServer.StartNewAsync();
        _redis = own;
        await using var server = await StartServerAsync(kafka.BootstrapServers, ShopWithTastes.Generation(1, isRight: true));
        await server.ServesAsync(1);
        await using var builder = await StartGraphBuilderAsync(server);
        // Something to write down at the end.
        await server.RecommendAsync("u0", k: Shown);
        await own.StopAsync();

        await builder.StopAsync();

        var workers = builder.Services.GetServices<IHostedService>().OfType<BackgroundService>().Select(w => w.ExecuteTask).OfType<Task>();
        Assert.All(workers, worker => Assert.Null(worker.Exception));
    }

    private Task<TestServer> StartServerAsync(string kafkaServers, Contracts.Generations.ModelGeneration? model = null) => TestServer.StartAsync(
        _redis, model, "--Server:Impressions=true", $"--Kafka:BootstrapServers={kafkaServers}", $"--Kafka:TopicPrefix={_topics.Prefix}");

    private async Task<WebApplication> StartGraphBuilderAsync(TestServer server, string? flag = null, bool joins = true)
    {
        await TopicsAsync(server);
        string[] flags = flag is null ? [] : [flag];
        var app = GraphBuilderHost.Build([
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0",
            $"--Redis:Configuration={_redis.Configuration}", $"--Redis:KeyPrefix={server.Publisher.Keys.Prefix}",
            $"--Kafka:BootstrapServers={kafka.BootstrapServers}", $"--Kafka:TopicPrefix={_topics.Prefix}", $"--GraphBuilder:CheckpointDirectory={_folder.Path}",
            "--GraphBuilder:SessionTimeout=00:00:06", "--Logging:LogLevel:Default=None", .. flags]);
        await app.StartAsync();
        if (joins)
            await Wait.UntilAsync(
                "all partitions are joined", async () => (await Client(app).GetStatusAsync(new())).Impressions, s => s is { Problem: "", Partitions.Count: 4 });
        return app;
    }

    // Before that a Server drops what it would record.
    private async Task TopicsAsync(TestServer server)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await Wait.UntilAsync("the topics are there", () => Task.Run(() =>
        {
            var topics = admin.GetMetadata(TimeSpan.FromSeconds(5)).Topics.Select(t => t.Topic).ToHashSet();
            return topics.IsSupersetOf([_topics.Interactions, _topics.Impressions]);
        }));
        var recording = server.Services.GetRequiredService<Streaming.Server.Impressions.KafkaImpressions>();
        await Wait.UntilAsync("the Server records", () => Task.FromResult(recording.IsReady));
    }

    private static HashSet<(string Name, long Generation, string Arm, double Value)> Gauges(WebApplication builder)
    {
        var values = new HashSet<(string, long, string, double)>();
        // Other GraphBuilders run in this process; the meter factory tells their meters apart.
        var factory = builder.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Scope == factory && instrument.Name.StartsWith("rearm.graph_builder.impressions.rate", StringComparison.Ordinal))
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            var labels = tags.ToArray().ToDictionary();
            values.Add((instrument.Name, (long)labels["generation"]!, (string)labels["arm"]!, value));
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    private static Task CountsAsync(TestServer server, Dictionary<string, (long Lists, long Shown, long Clicks)> expected) => Wait.UntilAsync(
        $"the figures are {string.Join(", ", expected)}",
        async () => await server.Generations.GetExperimentAsync(new()),
        report => report.Arms.Count == expected.Count
            && report.Arms.All(a => expected[a.Counts.Arm] == (a.Counts.Lists, a.Counts.Shown, a.Counts.Clicks)));

    private static GraphBuilding.GraphBuildingClient Client(WebApplication app) => new(GrpcChannel.ForAddress(ServiceEndpoints.Of(app).Grpc));
}

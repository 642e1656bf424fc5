using System.Numerics.Tensors;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Sequences;
using UserEncoder = Rearm.Streaming.Server.Encoders.UserEncoder;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

/// <summary>Generations that make a user's vector of the newest items touched.</summary>
public class SequenceTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const int Length = 4;

    private static readonly ModelGeneration Model = TestModel.Random(items: 30, users: 5, dimension: 8, seed: 1) with
    {
        UserEncoder = RandomEncoder.Of(width: 8, length: Length, heads: 2, blocks: 2),
    };

    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommend_EventsThroughTheGraphBuilder_AreInTheAnswerAtOnce()
    {
        await using var server = await TestServer.StartAsync(redis, Model);
        using var live = new LiveUser(redis, server.Publisher.Keys);

        await live.TouchAsync("u0", "i1", 10);
        await AssertAsync(server, "u0", "i1");
        await live.TouchAsync("u0", "i2", 20);
        await AssertAsync(server, "u0", "i1", "i2");
        // An event that comes late is where its time says.
        await live.TouchAsync("u0", "i3", 15);
        await AssertAsync(server, "u0", "i1", "i3", "i2");
        await live.TouchAsync("u0", "i1", 30);
        await AssertAsync(server, "u0", "i3", "i2", "i1");
        await live.TouchAsync("u0", "i2", 40, PairKind.Negative);
        await AssertAsync(server, "u0", notWanted: 1, "i3", "i1");
        await live.TouchAsync("u0", "i3", 40, PairKind.Retracted);
        await AssertAsync(server, "u0", notWanted: 1, "i1");
    }

    [Fact]
    public async Task Recommend_NewUserAfterOneClick_IsRankedByTheModel()
    {
        await using var server = await TestServer.StartAsync(redis, Model);
        Assert.Equal(Source.Popular, (await server.RecommendAsync("visitor")).Source);

        await server.Publisher.TouchAfterTrainingAsync("visitor", "i7");

        await AssertAsync(server, "visitor", "i7");
        Assert.DoesNotContain("i7", (await server.RecommendAsync("visitor", k: 30)).Items.Select(i => i.ItemId));
    }

    [Fact]
    public async Task Recommend_MoreTouchedThanTheModelReads_TakesTheNewestThatHaveAVector()
    {
        await using var server = await TestServer.StartAsync(redis, Model);
        await server.Publisher.CatalogueAsync(("new", new() { NeighborIds = { "i20", "i21" }, NeighborCosines = { 0.75f, 0.25f } }));
        foreach (var (item, second) in new[] { "i1", "i2", "i3", "new", "unheard of", "i4" }.Select((item, second) => (item, second)))
            await server.Publisher.TouchAfterTrainingAsync("u0", item, second);

        float[] mean = [.. Vector("i20").Zip(Vector("i21"), (a, b) => 0.75f * a + 0.25f * b)];
        var scale = (0.75f * Norm(Vector("i20")) + 0.25f * Norm(Vector("i21"))) / Norm(mean);
        float[] interim = [.. mean.Select(value => value * scale)];
        var expected = Scores([Vector("i2"), Vector("i3"), interim, Vector("i4")]);
        await Wait.UntilAsync("the new item is known", async () =>
        {
            var answer = await server.RecommendAsync("u0", k: 30, excludeSeen: false);
            return Differences(expected, answer.Items.Where(i => i.ItemId != "new")).All(d => d < 1e-4f);
        });
    }

    [Fact]
    public async Task Recommend_TouchedAtTheSameTime_TheLesserHashIsTheNewer()
    {
        await using var server = await TestServer.StartAsync(redis, Model);
        string[] items = ["i1", "i2", "i3"];
        foreach (var item in items)
            await server.Publisher.TouchBeforeTrainingAsync("u0", item);

        await AssertAsync(server, "u0", [.. items.OrderByDescending(StableHash.Of)]);
    }

    [Fact]
    public async Task EveryCall_SameItems_GiveTheSameScores()
    {
        await using var server = await TestServer.StartAsync(redis, Model);
        await server.Publisher.TouchAfterTrainingAsync("u0", "i1", seconds: 1);
        await server.Publisher.TouchAfterTrainingAsync("u0", "i2", seconds: 2);
        await server.Publisher.TouchAfterTrainingAsync("u1", "i2", seconds: 1);
        await server.Publisher.TouchAfterTrainingAsync("u1", "i1", seconds: 2);

        var recommend = await server.Client.RecommendAsync(new() { UserId = "u0", K = 30 });
        var batch = (await server.Client.RecommendBatchAsync(new() { Requests = { new RecommendRequest { UserId = "u0", K = 30 } } })).Answers[0].Response;
        using var call = server.Client.RecommendAll(new() { K = 30 });
        var all = (await call.ResponseStream.ReadAllAsync().ToListAsync()).Single(a => a.UserId == "u0").Response;
        var session = await server.Client.RecommendSessionAsync(new() { ItemIds = { "i2", "i1", "i2", "unheard of" }, K = 30 });
        // i2, which is being looked at, is the newest, though u1 touched it first.
        var context = await server.Client.RecommendAsync(new() { UserId = "u1", ContextItemIds = { "i2" }, K = 30 });

        Assert.Equal(28, recommend.Items.Count);
        Assert.All(Differences(Scores("i1", "i2"), recommend.Items), difference => Assert.True(difference < 1e-4f));
        Assert.All(
            [batch, all, session, context], answer => Assert.Equal((recommend.Items, recommend.Source, ""), (answer.Items, answer.Source, answer.Reason)));
    }

    [Fact]
    public async Task Recommend_NothingTouchedInRedis_IsTheVectorOfTheTrainingAndSaysSo()
    {
        await using var server = await TestServer.StartAsync(redis, Model);

        var answer = await server.RecommendAsync("u3");

        Assert.Equal(Source.Personal, answer.Source);
        Assert.Equal("Redis has nothing of what the user touched: ranked by the user's vector as of the training.", answer.Reason);
        Assert.Equal(TensorPrimitives.Dot(Model.UserVectors.AsSpan(3 * 8, 8), Vector(answer.Items[0].ItemId)), answer.Items[0].Score, 1e-4f);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Recommend_NothingTouchedThatCanBeRead_IsPopular(bool isDislike)
    {
        await using var server = await TestServer.StartAsync(redis, Model);
        if (isDislike)
            await server.Publisher.DislikeAsync("u3", "i1", TestModel.EventTime);
        else
            await server.Publisher.TouchAfterTrainingAsync("u3", "unheard of");

        var answer = await server.RecommendAsync("u3");

        Assert.Equal((Source.Popular, "The model knows none of the items touched yet."), (answer.Source, answer.Reason));
    }

    [Fact]
    public async Task Recommend_RedisDown_IsTheCachedVectorAndSaysSo()
    {
        await using var own = await RedisServer.StartNewAsync();
        await using var server = await TestServer.StartAsync(own, Model);
        await server.Publisher.TouchAfterTrainingAsync("u3", "i1");
        await AssertAsync(server, "u3", "i1");
        await own.StopAsync();

        var cached = await server.RecommendAsync("u3", k: 1);
        var looking = await server.Client.RecommendAsync(new() { UserId = "u4", ContextItemIds = { "i1" }, K = 30 });

        Assert.Equal((Source.Personal, true, false), (cached.Source, cached.HistoryUnknown, cached.VectorUnknown));
        Assert.Equal(TensorPrimitives.Dot(Model.UserVectors.AsSpan(3 * 8, 8), Vector(cached.Items[0].ItemId)), cached.Items[0].Score, 1e-4f);
        Assert.Equal((Source.Personal, true, true), (looking.Source, looking.HistoryUnknown, looking.VectorUnknown));
        Assert.StartsWith("The user's vector is not known: ranked by the 1 newest items touched. Redis", looking.Reason, StringComparison.Ordinal);
        Assert.All(Differences(Scores("i1"), looking.Items), difference => Assert.True(difference < 1e-4f));
    }

    [Fact]
    public async Task Swap_ToAPlainGenerationAndBack_EachIsServedItsOwnWay()
    {
        await using var server = await TestServer.StartAsync(redis, Model);
        await server.Publisher.TouchBeforeTrainingAsync("u0", "i1");
        await AssertAsync(server, "u0", "i1");

        var plain = TestModel.Random(items: 30, users: 5, dimension: 8, seed: 2);
        await server.Publisher.PublishAsync(2, plain);
        await server.ServesAsync(2);
        var learned = await server.RecommendAsync("u0", k: 30, excludeSeen: false);
        var other = RandomEncoder.Of(width: 8, length: Length, seed: 5);
        await server.Publisher.PublishAsync(3, Model with { UserEncoder = other });
        await server.ServesAsync(3);
        var encoded = await server.RecommendAsync("u0", k: 30, excludeSeen: false);

        Assert.All(Differences(ScoresOf(plain, plain.UserVectors[..8]), learned.Items), difference => Assert.True(difference < 1e-4f));
        Assert.All(Differences(Scores([Vector("i1")], other), encoded.Items), difference => Assert.True(difference < 1e-4f));
    }

    [Fact]
    public async Task Follower_EncoderDamaged_IsRefusedAndTheOneBeforeStays()
    {
        await using var server = await TestServer.StartAsync(redis, Model);
        await server.Publisher.WriteAsync(2, Model);
        await redis.Database.KeyDeleteAsync(server.Publisher.Keys.GenerationEncoder(2, 0));
        await server.Publisher.FlipAsync(2);

        await server.ProblemAsync("chunk 0 of the user encoder of generation 2 is missing");
        Assert.Equal(1, (await server.RecommendAsync("u0")).Generation.Number);
    }

    private static Task AssertAsync(TestServer server, string user, params string[] sequence) => AssertAsync(server, user, notWanted: 0, sequence);

    private static async Task AssertAsync(TestServer server, string user, int notWanted, params string[] sequence)
    {
        var answer = await server.RecommendAsync(user, k: 30, excludeSeen: false);
        Assert.Equal((Source.Personal, "", false), (answer.Source, answer.Reason, answer.VectorUnknown));
        Assert.Equal(30 - notWanted, answer.Items.Count);
        Assert.All(Differences(Scores(sequence), answer.Items), difference => Assert.True(difference < 1e-4f, $"{difference} off"));
    }

    private static float Norm(float[] vector) => MathF.Sqrt(vector.Sum(value => value * value));

    private static float[] Vector(string item) => Model.ItemVectors[(Array.IndexOf(Model.ItemIds, item) * 8)..][..8];

    private static Dictionary<string, float> Scores(params string[] sequence) => Scores([.. sequence.Select(Vector)]);

    /// <summary>What the encoder gives for a sequence, oldest first.</summary>
    private static Dictionary<string, float> Scores(float[][] sequence, UserEncoderWeights? weights = null)
    {
        var user = new float[8];
        new UserEncoder(weights ?? Model.UserEncoder!).Encode([.. sequence.SelectMany(v => v)], user);
        return ScoresOf(Model, user);
    }

    private static Dictionary<string, float> ScoresOf(ModelGeneration model, float[] user) =>
        model.ItemIds.Select((id, i) => (id, TensorPrimitives.Dot(user, model.ItemVectors.AsSpan(i * 8, 8)))).ToDictionary();

    private static IEnumerable<float> Differences(Dictionary<string, float> expected, IEnumerable<ScoredItem> items) =>
        items.Select(item => Math.Abs(item.Score - expected[item.ItemId]));

    /// <summary>The live state as the GraphBuilder makes it of events.</summary>
    private sealed class LiveUser : IDisposable
    {
        private readonly RedisConnection _redis;
        private readonly GraphState _state = new();
        private readonly UserShard _users;
        private readonly LiveStateWriter _writer;

        public LiveUser(RedisServer server, RedisKeys keys)
        {
            _redis = server.Connect(keys.Prefix);
            _writer = new(_redis, TimeProvider.System, Options.Create(new GraphBuilderOptions()));
            _state.Add(_users = _state.NewShard(0));
        }

        public Task TouchAsync(string user, string item, long time, PairKind kind = PairKind.Positive)
        {
            _users.Touch(user, item, kind, 1, time);
            return _writer.WriteAsync(_state, false, default);
        }

        public void Dispose() => _redis.Dispose();
    }
}

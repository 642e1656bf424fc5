using System.Numerics.Tensors;
using System.Text;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Cutting;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.GraphBuilder.Catalogue;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Sequences;
using Rearm.Streaming.Testing.Shops;
using UserEncoder = Rearm.Streaming.Server.Encoders.UserEncoder;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

/// <summary>Generations that make the vectors of items that they do not know, from the event through the GraphBuilder and Redis to the answer.</summary>
public class EncodedItemTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly (string, int)[] Look = [("look", 4)];

    private static readonly ModelGeneration Plain = TestModel.Random(items: 30, users: 2, dimension: 8, seed: 1);
    private static readonly ModelGeneration Encoded = Plain with { ItemEncoder = RandomItemEncoder.Of(width: 8, Look) };

    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommend_ItemEventOfAnItemThatNobodyTouched_HasThePlaceAndScoreThatTheModelGivesItOffline()
    {
        var shop = PlantedShop.Events(clicks: 1500);
        var events = shop.Where(e => e.Interaction is null || e.Interaction.ItemId is not ("i57" or "i58" or "i59")).ToList();
        // One of the new ones has a modality less.
        events.Single(e => e.Item?.ItemId == "i58").Item.Features.Remove("image");
        var vectors = Train(State(events));
        string[] isNew = ["i57", "i58", "i59"];
        await using var server = await TestServer.StartAsync(redis, Without(vectors, isNew));
        await using var catalogue = new CatalogueWriter(redis, server.Publisher.Keys.Prefix);
        Apply(catalogue.State, events.Where(e => e.Item is { } item && !isNew.Contains(item.ItemId)));
        await catalogue.WriteAsync();
        foreach (var (second, item) in new[] { "i3", "i9", "i16" }.Index())
            await server.Publisher.TouchAfterTrainingAsync("visitor", item, second);

        Apply(catalogue.State, events.Where(e => e.Item is { } item && isNew.Contains(item.ItemId)));
        await catalogue.WriteAsync();

        var expected = Scores(vectors, "i3", "i9", "i16");
        string[] order = [.. expected.OrderByDescending(e => e.Value).Select(e => e.Key)];
        // Those that one look at the catalogue has no time for have interim vectors until the next.
        var answer = await Wait.UntilAsync(
            "the new items are recommended where the model has them", () => server.RecommendAsync("visitor", k: 60, excludeSeen: false),
            a => a.Items.Select(i => i.ItemId).SequenceEqual(order));
        Assert.All(answer.Items, item => Assert.Equal(expected[item.ItemId], item.Score, 1e-5f * expected.Values.Max(Math.Abs)));
        // A new item that is touched is read like any other.
        await server.Publisher.TouchAfterTrainingAsync("visitor", "i58", seconds: 9);
        var after = await server.RecommendAsync("visitor", k: 60, excludeSeen: false);
        var moved = Scores(vectors, "i3", "i9", "i16", "i58");
        Assert.All(after.Items, item => Assert.Equal(moved[item.ItemId], item.Score, 1e-4f * moved.Values.Max(Math.Abs)));
    }

    [Fact]
    public async Task Swap_ToAGenerationWithoutAnEncoderAndBack_EachServesNewItemsItsOwnWay()
    {
        await using var server = await TestServer.StartAsync(redis, Encoded);
        await using var catalogue = new CatalogueWriter(redis, server.Publisher.Keys.Prefix);
        var looks = PutItems(catalogue.State, "new");
        var encoded = Score(Encoded, looks["new"]);
        await catalogue.WriteAsync();
        await ScoresAsync(server, encoded);
        var entry = (await catalogue.EntryAsync("new"))!;
        Assert.NotEmpty(entry.NeighborIds);
        Assert.Equal("look", entry.Features.Single().Modality);
        Assert.Empty((await catalogue.EntryAsync("i1"))!.Features);

        await server.Publisher.PublishAsync(2, Plain);
        await server.ServesAsync(2);
        // Before the GraphBuilder has noticed, and after.
        await ScoresAsync(server, Interim(entry));
        await catalogue.WriteAsync();
        Assert.Empty((await catalogue.EntryAsync("new"))!.Features);
        await ScoresAsync(server, Interim((await catalogue.EntryAsync("new"))!));

        var other = Plain with { ItemEncoder = RandomItemEncoder.Of(width: 8, Look, seed: 7) };
        await server.Publisher.PublishAsync(3, other);
        await server.ServesAsync(3);
        await catalogue.WriteAsync();
        await ScoresAsync(server, Score(other, looks["new"]));
    }

    [Fact]
    public async Task NewItem_KnownToTheNextGeneration_LosesItsFeatures()
    {
        await using var server = await TestServer.StartAsync(redis, Encoded);
        await using var catalogue = new CatalogueWriter(redis, server.Publisher.Keys.Prefix);
        PutItems(catalogue.State, "new", "newer");
        await catalogue.WriteAsync();
        Assert.NotEmpty((await catalogue.EntryAsync("new"))!.Features);

        await server.Publisher.PublishAsync(2, Encoded with { ItemIds = ["new", .. Encoded.ItemIds[1..]] });
        await catalogue.WriteAsync();

        Assert.Empty((await catalogue.EntryAsync("new"))!.Features);
        Assert.NotEmpty((await catalogue.EntryAsync("newer"))!.Features);
        Assert.NotEmpty((await catalogue.EntryAsync("i0"))!.Features);
    }

    [Fact]
    public async Task NewItem_NoRoomForItsFeatures_HasAnInterimVectorAndTheNewestHasItsOwn()
    {
        await using var server = await TestServer.StartAsync(redis, Encoded);
        await using var catalogue = new CatalogueWriter(redis, server.Publisher.Keys.Prefix, new GraphBuilderOptions { NewItemFeatureBytes = 30 });
        PutItems(catalogue.State, "new", "newer");

        await catalogue.WriteAsync();

        Assert.Empty((await catalogue.EntryAsync("new"))!.Features);
        Assert.NotEmpty((await catalogue.EntryAsync("new"))!.NeighborIds);
        Assert.NotEmpty((await catalogue.EntryAsync("newer"))!.Features);
        // Its room is free once it is gone, and the other one gets it when it comes anew.
        catalogue.State.PutItem("newer", new() { Time = 2, Deleted = true });
        Put(catalogue.State, "new", [4, 3, 2, 1]);
        await catalogue.WriteAsync();
        Assert.NotEmpty((await catalogue.EntryAsync("new"))!.Features);
    }

    [Fact]
    public async Task NewItems_ManyWithManyNumbers_AreWrittenSomeAtATimeAndAllHaveVectors()
    {
        const int Items = 400, Width = 8192;
        await using var server = await TestServer.StartAsync(redis, Plain with { ItemEncoder = RandomItemEncoder.Of(width: 8, [("look", Width)]) });
        await using var catalogue = new CatalogueWriter(redis, server.Publisher.Keys.Prefix);
        var random = new Random(5);
        for (var i = 0; i < Items; i++)
            Put(catalogue.State, $"new{i}", [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle())]);

        await catalogue.WriteAsync();

        // 16 kB each, 4 MiB in a transaction.
        var changes = await redis.Database.SortedSetRangeByRankWithScoresAsync(server.Publisher.Keys.CatalogueChanges);
        Assert.Equal((Items, 2), (changes.Length, changes.Select(change => change.Score).Distinct().Count()));
        await Wait.UntilAsync("all are recommended", async () => (await server.RecommendAsync("u0", k: 500)).Items.Count == 30 + Items);
    }

    [Theory]
    [InlineData("a chunk is missing", "chunk 0 of the item encoder of generation 2 is missing")]
    [InlineData("a chunk is damaged", "chunk 0 of the item encoder of generation 2 is damaged")]
    public async Task Follower_ItemEncoderDamaged_IsRefusedAndTheOneBeforeStays(string what, string problem)
    {
        await using var server = await TestServer.StartAsync(redis, Encoded);
        await server.Publisher.WriteAsync(2, Encoded);
        var key = server.Publisher.Keys.GenerationItemEncoder(2, 0);
        if (what == "a chunk is missing")
            await redis.Database.KeyDeleteAsync(key);
        else
            await redis.Database.StringSetRangeAsync(key, 7, "x");
        await server.Publisher.FlipAsync(2);

        await server.ProblemAsync(problem);
        Assert.Equal(1, (await server.RecommendAsync("u0")).Generation.Number);
    }

    private static Task ScoresAsync(TestServer server, float expected) => Wait.UntilAsync($"the new item scores {expected}", async () =>
        (await server.RecommendAsync("u0", k: 31, excludeSeen: false)).Items.FirstOrDefault(i => i.ItemId == "new") is { } item
        && Math.Abs(item.Score - expected) < 1e-5f);

    /// <summary>What the encoder gives a new item with u0.</summary>
    private static float Score(ModelGeneration model, float[] features) =>
        (float)PlainItemEncoder.Encode(model.ItemEncoder!, features).Zip(model.UserVectors).Sum(p => p.First * p.Second);

    /// <summary>What u0 scores with the mean of an item's neighbours, as long as they are.</summary>
    private static float Interim(CatalogueItem entry)
    {
        var (mean, length) = (new float[8], 0f);
        foreach (var (id, cosine) in entry.NeighborIds.Zip(entry.NeighborCosines))
        {
            TensorPrimitives.MultiplyAdd(Vector(id), cosine, mean, mean);
            length += cosine * Norm(Vector(id)) / entry.NeighborCosines.Sum();
        }
        return TensorPrimitives.Dot(mean, Plain.UserVectors.AsSpan(0, 8)) * length / Norm(mean);
    }

    private static float[] Vector(string item) => Plain.ItemVectors[(Array.IndexOf(Plain.ItemIds, item) * 8)..][..8];

    private static float Norm(float[] vector) => TensorPrimitives.Norm<float>(vector);

    /// <summary>All items of the model, and some that it does not know, with random features as the state keeps them.</summary>
    private static Dictionary<string, float[]> PutItems(GraphState state, params string[] added)
    {
        var random = new Random(5);
        var looks = new Dictionary<string, float[]>();
        foreach (var id in Plain.ItemIds.Concat(added))
            looks.Add(id, Put(state, id, [.. Enumerable.Range(0, 4).Select(_ => random.NextSingle())]));
        return looks;
    }

    private static float[] Put(GraphState state, string id, float[] look)
    {
        var kept = ItemVector.Compact(look);
        state.PutItem(id, new() { Time = 1, Features = [new("look", kept)] });
        var read = new float[look.Length];
        kept.CopyTo(read);
        return read;
    }

    private static GraphState State(IEnumerable<Event> events)
    {
        var state = new GraphState();
        state.Add(state.NewShard(0));
        Apply(state, events);
        return state;
    }

    /// <summary>Events as the GraphBuilder reads them.</summary>
    private static void Apply(GraphState state, IEnumerable<Event> events)
    {
        var topics = new KafkaTopics();
        var applier = new EventApplier(topics, new(new GraphBuilderOptions().EventTypes), state);
        foreach (var (offset, e) in events.Index())
        {
            var (topic, key, value) = e.Item is { } item
                ? (topics.Items, item.ItemId, EventCodec.Write(item))
                : (topics.Interactions, e.Interaction.UserId, EventCodec.Write(e.Interaction));
            Assert.Null(applier.Apply(topic, 0, Encoding.UTF8.GetBytes(key), value, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), offset));
        }
    }

    /// <summary>The model as a Trainer would train it on all of a state.</summary>
    private static (GraphSnapshot Snapshot, ModelVectors Vectors) Train(GraphState state)
    {
        var data = TrainingData.HoldOutNewest(SnapshotCutter.Cut(state.Freeze(), new GraphSettings(), [], default), maxUsers: 1000);
        using var model = ModelCatalogue.Get("pmmrec").Create(data, new()
        {
            Device = TrainingDevice.Cpu,
            Threads = 1,
            Parameters = new Dictionary<string, string>
            {
                ["dimension"] = "16",
                ["length"] = "6",
                ["max_epochs"] = "4",
                ["learning_rate"] = "0.01",
                ["batch_size"] = "32",
            },
        });
        model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
        return (data.Whole, model.ServingVectors()!);
    }

    private static Dictionary<string, float> Scores((GraphSnapshot Snapshot, ModelVectors Vectors) model, params string[] sequence)
    {
        var (items, d) = (model.Vectors.Items, model.Vectors.Width);
        var rows = model.Snapshot.ItemIds.Index().ToDictionary(i => i.Item, i => i.Index);
        var user = new float[d];
        new UserEncoder(model.Vectors.Encoder!).Encode([.. sequence.SelectMany(id => items[(rows[id] * d)..][..d])], user);
        return rows.ToDictionary(r => r.Key, r => TensorPrimitives.Dot(user, items.AsSpan(r.Value * d, d)));
    }

    /// <summary>A generation of a trained model that does not know some of its items.</summary>
    private static ModelGeneration Without((GraphSnapshot Snapshot, ModelVectors Vectors) model, string[] unknown)
    {
        var d = model.Vectors.Width;
        var known = model.Snapshot.ItemIds.Index().Where(i => !unknown.Contains(i.Item));
        return TestModel.Of([.. known.Select(i => (i.Item, model.Vectors.Items[(i.Index * d)..][..d]))], ("nobody", new float[d])) with
        {
            UserEncoder = model.Vectors.Encoder,
            ItemEncoder = model.Vectors.ItemEncoder,
        };
    }
}

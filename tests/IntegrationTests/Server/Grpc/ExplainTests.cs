using System.Numerics.Tensors;
using Google.Protobuf.Collections;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Kind = Rearm.Streaming.Contracts.V1.Evidence.Types.Kind;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class ExplainTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommend_Explained_NamesWhatOfTheUsersAnItemGoesWith()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Graphs = TestModel.Graphs });
        await server.Publisher.TouchBeforeTrainingAsync("east", "a");

        var items = (await server.Client.RecommendAsync(new() { UserId = "east", Explain = true })).Items.ToDictionary(i => i.ItemId, i => i.Evidence);

        // a and b point about the same way; b is among a's neighbours, not the other way round.
        Assert.Equal([(Kind.CoOccurrence, "a", "", 2.0), (Kind.SimilarVector, "a", "", 0.9939)], Reasons(items["b"]));
        Assert.Equal([(Kind.SimilarFeatures, "a", "image", 0.5)], Reasons(items["c"]));
        Assert.Equal([(Kind.CoOccurrence, "a", "", 7.0)], Reasons(items["d"]));
    }

    [Fact]
    public async Task Recommend_NothingToExplainBy_SaysHowManyUsers()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Graphs = TestModel.Graphs });

        var items = (await server.Client.RecommendAsync(new() { UserId = "stranger", Explain = true })).Items;

        Assert.Equal([(Kind.Popular, "", "", 4.0)], Reasons(items[0].Evidence));
    }

    [Fact]
    public async Task Recommend_NotAsked_ExplainsNothing()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Graphs = TestModel.Graphs });
        await server.Publisher.TouchBeforeTrainingAsync("east", "a");

        Assert.All((await server.RecommendAsync("east")).Items, item => Assert.Empty(item.Evidence));
    }

    [Fact]
    public async Task Recommend_StrangerGetsWhatIsTrending_SaysHowManyUsers()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Graphs = TestModel.Graphs, Popularity = [4, 3, 0, 0] });
        // It came after the training, and is in no catalogue.
        await server.Publisher.TrendingAsync(("HOT1", 72), ("b", 9), ("a", 1), ("c", 0.5f));
        await Wait.UntilAsync("it is trending", async () => (await server.RecommendAsync("stranger")).Items[0].ItemId == "HOT1");

        var items = (await server.Client.RecommendAsync(new() { UserId = "stranger", Explain = true })).Items;

        // Of a known item those of the training, if these are more; of d nobody knows any.
        Assert.Equal(
            [("HOT1", Kind.Popular, 72.0), ("b", Kind.Popular, 9), ("a", Kind.Popular, 4), ("c", Kind.Popular, 0.5)],
            items.SelectMany(i => i.Evidence.Select(e => (i.ItemId, e.Kind, e.Value))));
        Assert.Equal(5, items.Count);
    }

    [Fact]
    public async Task Recommend_BeforeTheFirstGeneration_SaysHowManyUsers()
    {
        await using var server = await TestServer.StartAsync(redis);
        await server.Publisher.PopularAsync(("a", 7), ("b", 2));
        await server.KnowsWhatIsPopularAsync();

        var items = (await server.Client.RecommendAsync(new() { UserId = "u", Explain = true })).Items;

        Assert.Equal([("a", Kind.Popular, 7.0), ("b", Kind.Popular, 2)], items.SelectMany(i => i.Evidence.Select(e => (i.ItemId, e.Kind, e.Value))));
        Assert.All((await server.RecommendAsync("u")).Items, item => Assert.Empty(item.Evidence));
    }

    [Fact]
    public async Task Recommend_NewItemLikeNothingThatTheUserTouched_NamesTheNearestInTheModelsSpace()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.TouchBeforeTrainingAsync("east", "a");
        await server.Publisher.CatalogueAsync(("new", new() { NeighborIds = { "b" }, NeighborCosines = { 0.7f } }));

        var items = await ExplainedAsync(server, "east", "new");

        Assert.Equal([(Kind.SimilarVector, "a", "", 0.9939)], Reasons(items["new"]));
    }

    [Fact]
    public async Task Recommend_NewItemTouched_IsAReasonForOthers()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Graphs = TestModel.Graphs });
        await server.Publisher.CatalogueAsync(
            ("new", new() { NeighborIds = { "b", "c" }, NeighborCosines = { 0.7f, -0.2f } }),
            ("other", new() { NeighborIds = { "b" }, NeighborCosines = { 0.4f } }));
        await server.Publisher.TouchAfterTrainingAsync("east", "new");

        var items = await ExplainedAsync(server, "east", "other");

        Assert.Equal([(Kind.SimilarFeatures, "new", "", 0.7), (Kind.SimilarVector, "new", "", 1)], Reasons(items["b"]));
        Assert.Equal([(Kind.SimilarVector, "new", "", 0.9939)], Reasons(items["a"]));
        Assert.Equal([(Kind.SimilarVector, "new", "", 1)], Reasons(items["other"]));
    }

    [Fact]
    public async Task Recommend_Explained_EveryClaimIsTrueAndHardlyAnItemHasNone()
    {
        const int Items = 5000, Touched = 40, New = 600;
        var random = new Random(11);
        var model = TestModel.Random(Items, 1, 8, seed: 11);
        model = model with { Popularity = [.. model.Popularity.Select((users, row) => row % 3 == 0 ? 0 : users)] };
        var graphs = new[] { Graph(""), Graph("image") };
        await using var server = await TestServer.StartAsync(redis, model with { Graphs = graphs });
        for (var i = 0; i < Touched; i++)
            await server.Publisher.TouchBeforeTrainingAsync("u0", $"i{i}");
        for (var n = 0; n < 5; n++)
            await server.Publisher.TouchAfterTrainingAsync("u0", $"n{n}");
        await server.Publisher.DislikeAsync("u0", "i4999", TestModel.EventTime.AddHours(-1));
        var catalogue = Enumerable.Range(0, New).ToDictionary(n => $"n{n}", _ => NewItem());
        await server.Publisher.CatalogueAsync([.. catalogue.Select(item => (item.Key, item.Value))]);
        var trending = Enumerable.Range(0, 900).Select(i => i % 2 == 0 ? $"i{i * 5}" : $"n{i % New}").Distinct()
            .ToDictionary(id => id, _ => random.NextSingle() * 9000);
        await server.Publisher.TrendingAsync([.. trending.Select(item => (item.Key, item.Value))]);
        await Wait.UntilAsync("trending is known", async () => (await server.RecommendAsync("stranger", 1)).Items[0].ItemId == trending.Keys.First());
        var request = new RecommendRequest { UserId = "u0", K = 1000, Explain = true };
        await Wait.UntilAsync("new items are known", async () => (await server.Client.RecommendAsync(request)).Items.Any(item => item.ItemId[0] == 'n'));

        var answered = (await server.Client.RecommendAsync(request)).Items;
        var strangers = (await server.Client.RecommendAsync(new() { UserId = "stranger", K = 1000, Explain = true })).Items;

        var touched = Enumerable.Range(0, Touched).Select(i => $"i{i}").Concat(Enumerable.Range(0, 5).Select(n => $"n{n}")).ToArray();
        foreach (var kind in new[] { Kind.CoOccurrence, Kind.SimilarFeatures, Kind.SimilarVector })
            Assert.Contains(answered, item => item.ItemId[0] == 'i' && item.Evidence.Any(e => e.Kind == kind));
        foreach (var kind in new[] { Kind.SimilarFeatures, Kind.SimilarVector })
        {
            Assert.Contains(answered, item => item.ItemId[0] == 'n' && item.Evidence.Any(e => e.Kind == kind));
            Assert.Contains(answered, item => item.Evidence.Any(e => e.Kind == kind && e.ItemId.StartsWith('n')));
        }
        Assert.All(strangers, item => Assert.True(item.Evidence.All(e => e.Kind == Kind.Popular)));
        Assert.Contains(strangers, item => item.ItemId[0] == 'n' && item.Evidence.Count > 0);
        foreach (var item in answered)
        {
            foreach (var claim in item.Evidence.Where(e => e.Kind != Kind.Popular))
            {
                Assert.Contains(claim.ItemId, touched);
                Assert.Contains(Truth(claim, item.ItemId), value => Math.Abs(value - claim.Value) < 1e-5);
            }
            // An item has none only if nobody touched it, as far as is known, and it is near nothing of the user's.
            if (item.Evidence.Count == 0)
                Assert.All(touched, other => Assert.True(Cosine(item.ItemId, other) <= 0.1f + 1e-5f));
        }
        foreach (var item in answered.Concat(strangers))
            if (item.Evidence.Count == 0 || item.Evidence.Any(e => e.Kind == Kind.Popular))
                Assert.Equal(Users(item.ItemId), item.Evidence.SingleOrDefault()?.Value ?? 0);

        double[] Truth(Evidence claim, string itemId) => (claim.Kind, IsNew: itemId[0] == 'n' || claim.ItemId[0] == 'n') switch
        {
            (Kind.SimilarVector, _) => [Cosine(itemId, claim.ItemId)],
            (Kind.CoOccurrence, false) => [Value(graphs[0], Row(itemId), Row(claim.ItemId)), Value(graphs[0], Row(claim.ItemId), Row(itemId))],
            (Kind.SimilarFeatures, false) => [Value(graphs[1], Row(itemId), Row(claim.ItemId)), Value(graphs[1], Row(claim.ItemId), Row(itemId))],
            (Kind.SimilarFeatures, true) => [Look(itemId, claim.ItemId), Look(claim.ItemId, itemId)],
            _ => [],
        };

        double Users(string id) => Math.Max(trending.GetValueOrDefault(id), id[0] == 'i' ? model.Popularity[Row(id)] : 0);

        double Look(string id, string neighbor) =>
            catalogue.GetValueOrDefault(id) is { } item && item.NeighborIds.IndexOf(neighbor) is var at and >= 0 ? item.NeighborCosines[at] : double.NaN;

        CatalogueItem NewItem()
        {
            var neighbors = Enumerable.Range(0, 3).Select(_ => $"i{random.Next(random.Next(2) == 0 ? Touched : Items)}").Distinct().ToArray();
            return new() { NeighborIds = { neighbors }, NeighborCosines = { neighbors.Select(_ => random.NextSingle() + 0.05f) } };
        }

        ItemGraph Graph(string modality)
        {
            var rows = Enumerable.Range(0, Items).Select(_ => Enumerable.Range(0, 3).Select(_ => random.Next(random.Next(2) == 0 ? Touched : Items)).Distinct().ToArray()).ToArray();
            var pointers = new List<int> { 0 };
            foreach (var row in rows)
                pointers.Add(pointers[^1] + row.Length);
            int[] columns = [.. rows.SelectMany(r => r)];
            return ItemGraph.Of(modality, new SparseRows([.. pointers], columns, [.. columns.Select(_ => random.NextSingle() + 0.1f)]));
        }

        float Cosine(string a, string b) => TensorPrimitives.CosineSimilarity<float>(Vector(a), Vector(b));

        // A new item's points where the mean of its neighbours' does, weighted by their cosines.
        float[] Vector(string id)
        {
            if (id[0] == 'i')
                return model.ItemVectors[(Row(id) * 8)..(Row(id) * 8 + 8)];
            var mean = new float[8];
            foreach (var (neighbor, cosine) in catalogue[id].NeighborIds.Zip(catalogue[id].NeighborCosines))
                TensorPrimitives.MultiplyAdd(Vector(neighbor), cosine, mean, mean);
            return mean;
        }

        static int Row(string id) => int.Parse(id[1..]);
    }

    // The reasons of each item, once one that is new is known.
    private static async Task<Dictionary<string, RepeatedField<Evidence>>> ExplainedAsync(TestServer server, string user, string isNew)
    {
        var request = new RecommendRequest { UserId = user, Explain = true };
        var answer = await Wait.UntilAsync(
            "the new item is known", async () => await server.Client.RecommendAsync(request), response => response.Items.Any(item => item.ItemId == isNew));
        return answer.Items.ToDictionary(item => item.ItemId, item => item.Evidence);
    }

    private static float Value(ItemGraph graph, int row, int neighbor) =>
        graph.Neighbors.RowColumns(row).IndexOf(neighbor) is var at and >= 0 ? graph.Neighbors.RowValues(row)[at] : float.NaN;

    private static IEnumerable<(Kind, string, string, double)> Reasons(IEnumerable<Evidence> evidence) =>
        evidence.Select(e => (e.Kind, e.ItemId, e.Modality, Math.Round(e.Value, 4)));
}

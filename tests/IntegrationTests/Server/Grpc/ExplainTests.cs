using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
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
    public async Task Recommend_Explained_EveryClaimIsInTheGraphs()
    {
        const int Items = 5000, Touched = 40;
        var random = new Random(11);
        var model = TestModel.Random(Items, 1, 8, seed: 11);
        var graphs = new[] { Graph(""), Graph("image") };
        await using var server = await TestServer.StartAsync(redis, model with { Graphs = graphs });
        for (var i = 0; i < Touched; i++)
            await server.Publisher.TouchBeforeTrainingAsync("u0", $"i{i}");
        await server.Publisher.DislikeAsync("u0", "i4999", TestModel.EventTime.AddHours(-1));

        var answered = (await server.Client.RecommendAsync(new() { UserId = "u0", K = 1000, Explain = true })).Items;

        Assert.Contains(answered, item => item.Evidence.Any(e => e.Kind == Kind.CoOccurrence));
        Assert.Contains(answered, item => item.Evidence.Any(e => e.Kind == Kind.SimilarFeatures));
        foreach (var item in answered)
            foreach (var claim in item.Evidence)
            {
                var (row, other) = (int.Parse(item.ItemId[1..]), claim.Kind == Kind.Popular ? 0 : int.Parse(claim.ItemId[1..]));
                Assert.InRange(other, 0, Touched - 1);
                var right = claim.Kind switch
                {
                    Kind.CoOccurrence => new[] { Value(graphs[0], row, other), Value(graphs[0], other, row) },
                    Kind.SimilarFeatures => [Value(graphs[1], row, other), Value(graphs[1], other, row)],
                    Kind.SimilarVector => [TensorPrimitives.CosineSimilarity<float>(Vector(row), Vector(other))],
                    _ => [model.Popularity[row]],
                };
                Assert.Contains(right, value => Math.Abs(value - claim.Value) < 1e-5);
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

        float[] Vector(int row) => model.ItemVectors[(row * 8)..(row * 8 + 8)];
    }

    private static float Value(ItemGraph graph, int row, int neighbor) =>
        graph.Neighbors.RowColumns(row).IndexOf(neighbor) is var at and >= 0 ? graph.Neighbors.RowValues(row)[at] : float.NaN;

    private static IEnumerable<(Kind, string, string, double)> Reasons(IEnumerable<Evidence> evidence) =>
        evidence.Select(e => (e.Kind, e.ItemId, e.Modality, Math.Round(e.Value, 4)));
}

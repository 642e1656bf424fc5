using Grpc.Core;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class SimilarItemsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task SimilarItems_KnownItem_RanksByCosineWithoutItself()
    {
        var model = TestModel.Of([("a", [1, 0]), ("far but long", [10, 10]), ("near", [2, 0.1f]), ("opposite", [-1, 0]), ("blank", [0, 0])]);
        await using var server = await TestServer.StartAsync(redis, model);
        var response = await server.Client.SimilarItemsAsync(new() { ItemId = "a" });
        Assert.Equal(["near", "far but long", "blank", "opposite"], response.Items.Select(i => i.ItemId));
        Assert.Equal(1 / MathF.Sqrt(2), response.Items[1].Score, 1e-6f);
        Assert.Equal(-1f, response.Items[3].Score, 1e-6f);
        Assert.Equal(1, response.Generation.Number);
    }

    [Fact]
    public async Task SimilarItems_Filters_Apply()
    {
        var model = TestModel.Compass() with { Categories = [[], ["x"], ["x"], ["x"]] };
        await using var server = await TestServer.StartAsync(redis, model);
        var response = await server.Client.SimilarItemsAsync(new() { ItemId = "a", K = 1, Categories = { "x" }, ExcludedItemIds = { "b" } });
        Assert.Equal(["c"], response.Items.Select(i => i.ItemId));
    }

    [Fact]
    public async Task SimilarItems_UnknownItem_IsNotFound()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var e = await TestServer.FailsAsync(server.Client.SimilarItemsAsync(new() { ItemId = "zebra" }).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.StartsWith("Generation 1 has no item \"zebra\"", e.Status.Detail);
        Assert.Contains("Check the id", e.Status.Detail);
    }

    [Fact]
    public async Task SimilarItems_BeyondALimit_IsRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var request = new SimilarItemsRequest { ItemId = "a", K = 1001 };
        var e = await TestServer.FailsAsync(server.Client.SimilarItemsAsync(request).ResponseAsync);
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.Equal("k: is 1001; at most 1000", e.Status.Detail);
    }

    [Fact]
    public async Task SimilarItems_ByAGraph_AreItsNeighbours()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Graphs = TestModel.Graphs });

        var together = await server.Client.SimilarItemsAsync(new() { ItemId = "a", By = SimilarItemsRequest.Types.By.CoOccurrence });
        var alike = await server.Client.SimilarItemsAsync(new() { ItemId = "a", By = SimilarItemsRequest.Types.By.Features, Modality = "image" });
        var filtered = await server.Client.SimilarItemsAsync(new() { ItemId = "a", By = SimilarItemsRequest.Types.By.CoOccurrence, ExcludedItemIds = { "d" } });

        Assert.Equal([("d", 7f), ("b", 2f)], together.Items.Select(i => (i.ItemId, i.Score)));
        Assert.Equal([("c", 0.5f)], alike.Items.Select(i => (i.ItemId, i.Score)));
        Assert.Equal(["b"], filtered.Items.Select(i => i.ItemId));
    }

    [Fact]
    public async Task SimilarItems_NewItems_AreInTheirPlacesAndHaveTheirOwn()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.CatalogueAsync(
            ("like a", new() { Categories = { "x" }, NeighborIds = { "a" }, NeighborCosines = { 1 } }),
            ("twin", new() { NeighborIds = { "c" }, NeighborCosines = { 0.2f } }),
            ("between", new() { NeighborIds = { "a", "c" }, NeighborCosines = { 0.6f, 0.6f } }),
            ("bare", new() { Categories = { "x" } }));
        var ofA = await Wait.UntilAsync(
            "the new items are known", async () => await server.Client.SimilarItemsAsync(new() { ItemId = "a" }), response => response.Items.Count > 3);

        Assert.Equal(["like a", "b", "between", .. new[] { "c", "twin" }.OrderBy(StableHash.Of), "d"], ofA.Items.Select(i => i.ItemId));
        Assert.Equal([1, 0.9939, 0.7071, 0, 0, -1], ofA.Items.Select(i => Math.Round(i.Score, 4)));
        Assert.Equal(["like a"], await IdsAsync(server, new() { ItemId = "a", Categories = { "x" } }));
        Assert.Equal(["b", "between"], await IdsAsync(server, new() { ItemId = "a", K = 2, ExcludedItemIds = { "like a" } }));

        var ofNew = (await server.Client.SimilarItemsAsync(new() { ItemId = "twin", K = 2 })).Items;
        Assert.Equal([("c", 1.0), ("between", 0.7071)], ofNew.Select(i => (i.ItemId, Math.Round(i.Score, 4))));
    }

    [Fact]
    public async Task SimilarItems_NewItemByFeatures_AreItsNeighbours()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Graphs = TestModel.Graphs });
        await server.Publisher.CatalogueAsync(("new", new() { NeighborIds = { "c", "gone", "a", "d" }, NeighborCosines = { 0.9f, 0.8f, 0.7f, -0.1f } }));
        await Wait.UntilAsync("the new item is known", async () => (await IdsAsync(server, new() { ItemId = "a" })).Contains("new"));
        var request = new SimilarItemsRequest { ItemId = "new", By = SimilarItemsRequest.Types.By.Features, Modality = "image" };

        Assert.Equal([("c", 0.9f), ("a", 0.7f)], (await server.Client.SimilarItemsAsync(request)).Items.Select(i => (i.ItemId, i.Score)));
        request.ExcludedItemIds.Add("c");
        Assert.Equal(["a"], await IdsAsync(server, request));
        (request.By, request.Modality) = (SimilarItemsRequest.Types.By.CoOccurrence, "");
        var e = await TestServer.FailsAsync(server.Client.SimilarItemsAsync(request).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.Contains("Ask by MODEL or by FEATURES", e.Status.Detail);
    }

    [Theory]
    [InlineData(SimilarItemsRequest.Types.By.Features, "sound", StatusCode.FailedPrecondition, "it knows \"image\"")]
    [InlineData(SimilarItemsRequest.Types.By.Features, "", StatusCode.InvalidArgument, "modality: is empty")]
    [InlineData(SimilarItemsRequest.Types.By.Model, "image", StatusCode.InvalidArgument, "modality: is \"image\"")]
    [InlineData((SimilarItemsRequest.Types.By)9, "", StatusCode.InvalidArgument, "by: is 9")]
    public async Task SimilarItems_ByWhatIsNotThere_IsRefused(SimilarItemsRequest.Types.By by, string modality, StatusCode code, string message)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Graphs = TestModel.Graphs });

        var e = await TestServer.FailsAsync(server.Client.SimilarItemsAsync(new() { ItemId = "a", By = by, Modality = modality }).ResponseAsync);

        Assert.Equal(code, e.StatusCode);
        Assert.Contains(message, e.Status.Detail);
    }

    private static async Task<List<string>> IdsAsync(TestServer server, SimilarItemsRequest request) =>
        [.. (await server.Client.SimilarItemsAsync(request)).Items.Select(i => i.ItemId)];
}

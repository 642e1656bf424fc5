using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
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
        Assert.Equal("Generation 1 has no item \"zebra\".", e.Status.Detail);
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
}

using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class PagingTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Theory]
    [InlineData("u0", 0f)]
    [InlineData("u0", 0.5f)]
    [InlineData("stranger", 0f)]
    public async Task Recommend_PageByPage_IsTheWholeRanking(string user, float diversity)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(60, 1, 4, seed: 1));
        var whole = await server.Client.RecommendAsync(new() { UserId = user, K = 60, Diversity = diversity });

        var pages = new List<string>();
        var request = new RecommendRequest { UserId = user, K = 7, Diversity = diversity };
        do
        {
            var page = await server.Client.RecommendAsync(request);
            Assert.InRange(page.Items.Count, 1, (int)request.K);
            pages.AddRange(page.Items.Select(i => i.ItemId));
            (request.PageToken, request.K) = (page.NextPageToken, 13);
        }
        while (request.PageToken.Length > 0 && pages.Count < 100);

        Assert.Equal(whole.Items.Select(i => i.ItemId), pages);
    }

    [Fact]
    public async Task Recommend_ClickBetweenPages_RepeatsAndSkipsNothing()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 1, 4, seed: 1));
        await server.Publisher.TouchBeforeTrainingAsync("u0", "i7");
        var whole = (await server.RecommendAsync("u0", 40)).Items.Select(i => i.ItemId).ToList();
        var request = new RecommendRequest { UserId = "u0", K = 10 };
        var first = await server.Client.RecommendAsync(request);
        foreach (var item in first.Items.Take(3))
            await server.Publisher.TouchAfterTrainingAsync("u0", item.ItemId);

        (request.PageToken, request.K) = (first.NextPageToken, 1000);
        var rest = await server.Client.RecommendAsync(request);

        Assert.DoesNotContain("i7", whole);
        Assert.Equal(whole, first.Items.Concat(rest.Items).Select(i => i.ItemId));
    }

    [Fact]
    public async Task Recommend_GenerationSwappedBetweenPages_AsksToBeginAgain()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 1, 4, seed: 1));
        var request = new RecommendRequest { UserId = "u0", K = 10 };
        request.PageToken = (await server.Client.RecommendAsync(request)).NextPageToken;
        await server.Publisher.PublishAsync(2, TestModel.Random(40, 1, 4, seed: 2));
        await server.ServesAsync(2);

        var e = await TestServer.FailsAsync(server.Client.RecommendAsync(request).ResponseAsync);

        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Contains("page_token is of generation 1, but generation 2 is served now", e.Status.Detail);
    }

    [Fact]
    public async Task Recommend_TokenOfAnotherRequest_IsRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 2, 4, seed: 1));
        var token = (await server.Client.RecommendAsync(new() { UserId = "u0" })).NextPageToken;

        foreach (var request in new RecommendRequest[] { new() { UserId = "u1", PageToken = token }, new() { UserId = "u0", ExcludedItemIds = { "i1" }, PageToken = token }, new() { UserId = "u0", PageToken = "x" } })
            Assert.Equal(StatusCode.InvalidArgument, (await TestServer.FailsAsync(server.Client.RecommendAsync(request).ResponseAsync)).StatusCode);
    }
}

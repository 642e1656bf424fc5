using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Sequences;

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

        Assert.Equal(Ids(whole), await PageByPageAsync(server, new() { UserId = user, K = 7, Diversity = diversity }));
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
    public async Task Recommend_ItemOfAnEarlierPageSellsOut_SkipsNothing()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 1, 4, seed: 1));
        var (whole, first, rest) = await BeginAsync(server, "u0");
        foreach (var item in first.Items.Skip(2).Take(3))
            await server.Publisher.HideAsync(item.ItemId);
        await Wait.UntilAsync("they are sold out", async () => (await server.RecommendAsync("u0", 40)).Items.Count == 37);

        Assert.Equal(whole[10..], await IdsAsync(server, rest));
    }

    [Fact]
    public async Task Recommend_ItemsBetterThanThePageBecomeAvailable_RepeatsAndSkipsNothing()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(400, 1, 4, seed: 1));
        var best = (await server.RecommendAsync("u0", 30)).Items.Select(i => i.ItemId).ToList();
        foreach (var item in best)
            await server.Publisher.HideAsync(item);
        await Wait.UntilAsync("they are sold out", async () => !best.Contains((await server.RecommendAsync("u0", 1)).Items[0].ItemId));
        var (whole, _, rest) = await BeginAsync(server, "u0");
        foreach (var item in best)
            await server.Publisher.ShowAsync(item);
        await Wait.UntilAsync("they are back", async () => (await server.RecommendAsync("u0", 1)).Items[0].ItemId == best[0]);

        Assert.Equal(whole[10..], await IdsAsync(server, rest));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    public async Task Recommend_NewItemBetweenPages_RepeatsNothingAndIsInItsPlace(int like)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 1, 4, seed: 1));
        var (whole, _, rest) = await BeginAsync(server, "u0");
        await server.Publisher.CatalogueAsync(("new", new() { NeighborIds = { whole[like] }, NeighborCosines = { 1 } }));
        var now = await Wait.UntilAsync("the new item is known", async () => Ids(await server.RecommendAsync("u0", 41)), ids => ids.Contains("new"));

        // It scores as the item does that it is like: before page 2, or on it.
        Assert.Equal(like == 0 ? whole[10..] : now[10..], await IdsAsync(server, rest));
    }

    [Fact]
    public async Task Recommend_NewItemOnAnEarlierPage_IsNotThereAgain()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 1, 4, seed: 1));
        var before = Ids(await server.RecommendAsync("u0", 40));
        await server.Publisher.CatalogueAsync([.. before.Select(id => ($"like {id}", new CatalogueItem { NeighborIds = { id }, NeighborCosines = { 1 } }))]);
        await Wait.UntilAsync("the new items are known", async () => (await server.RecommendAsync("u0", 80)).Items.Count == 80);

        Assert.Equal(Ids(await server.RecommendAsync("u0", 80)), await PageByPageAsync(server, new() { UserId = "u0", K = 7 }));
    }

    [Fact]
    public async Task Recommend_SeenItemClickedAgain_ChangesNothing()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 1, 4, seed: 1));
        // They move the user's vector.
        await server.Publisher.TouchAfterTrainingAsync("u0", "i7", seconds: 1);
        await server.Publisher.TouchAfterTrainingAsync("u0", "i8", seconds: 2);
        await server.Publisher.TouchAfterTrainingAsync("u0", "i9", seconds: 3);
        var (whole, _, rest) = await BeginAsync(server, "u0");
        await server.Publisher.TouchAfterTrainingAsync("u0", "i7", seconds: 60);
        await server.Publisher.DislikeAsync("u0", "i8", TestModel.EventTime.AddSeconds(61));

        Assert.Equal(whole[10..], await IdsAsync(server, rest));
        Assert.DoesNotContain("i7", whole);
    }

    [Fact]
    public async Task Recommend_SequenceModelAndMoreIsClicked_GoesOnWithTheSequenceOfTheFirstPage()
    {
        var model = TestModel.Random(40, 1, 8, seed: 1) with { UserEncoder = RandomEncoder.Of(width: 8, length: 4, heads: 2, blocks: 2) };
        await using var server = await TestServer.StartAsync(redis, model);
        foreach (var (second, item) in new[] { "i7", "i8", "i9" }.Index())
            await server.Publisher.TouchAfterTrainingAsync("visitor", item, second + 1);
        var (whole, _, later) = await BeginAsync(server, "visitor");
        await server.Publisher.TouchAfterTrainingAsync("visitor", "i7", seconds: 60);
        await server.Publisher.TouchAfterTrainingAsync("visitor", whole[20], seconds: 61);

        // What is seen by now is left out.
        Assert.Equal(whole[10..].Except([whole[20]]), await IdsAsync(server, later));
    }

    [Fact]
    public async Task Recommend_StrangerWhileWhatIsTrendingChanges_RepeatsNothingAndMissesNothing()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(10, 1, 4, seed: 1));
        await server.Publisher.TrendingAsync(("hot", 9), ("i5", 8), ("warm", 7), ("i6", 6), ("i7", 5));
        await Wait.UntilAsync("it is known", async () => (await server.RecommendAsync("stranger")).Items[0].ItemId == "hot");
        var request = new RecommendRequest { UserId = "stranger", K = 3 };
        var first = await server.Client.RecommendAsync(request);
        // What was shown falls, and the stranger touches some of it.
        await server.Publisher.TrendingAsync(("i7", 9), ("late", 8), ("i6", 7), ("warm", 6), ("hot", 5), ("i5", 1));
        await server.Publisher.TouchAfterTrainingAsync("stranger", "i5");
        await Wait.UntilAsync("it has changed", async () => (await server.RecommendAsync("another")).Items[0].ItemId == "i7");
        (request.PageToken, request.K) = (first.NextPageToken, 4);

        Assert.Equal(["hot", "i5", "warm"], Ids(first));
        var second = await server.Client.RecommendAsync(request);
        Assert.Equal(["i7", "late", "i6", "i0"], Ids(second));
        (request.PageToken, request.K) = (second.NextPageToken, 100);
        Assert.Equal(["i1", "i2", "i3", "i4", "i8", "i9"], await IdsAsync(server, request));
    }

    [Fact]
    public async Task Recommend_BeforeTheFirstGenerationWhileWhatIsPopularChanges_RepeatsNothing()
    {
        await using var server = await TestServer.StartAsync(redis);
        await server.Publisher.PopularAsync(("a", 5), ("b", 4), ("c", 3), ("d", 2));
        var request = new RecommendRequest { UserId = "u", K = 2 };
        await server.KnowsWhatIsPopularAsync();
        request.PageToken = (await server.Client.RecommendAsync(request)).NextPageToken;
        await server.Publisher.PopularAsync(("c", 9), ("d", 8), ("a", 7), ("b", 6), ("e", 5));
        await Wait.UntilAsync("it has changed", async () => (await server.RecommendAsync("u")).Items[0].ItemId == "c");
        request.K = 10;

        Assert.Equal(["c", "d", "e"], await IdsAsync(server, request));
    }

    [Fact]
    public async Task Recommend_TiesAtTheBorderOfAPage_AreEachOnOnePage()
    {
        var items = Enumerable.Range(0, 23).Select(i => ($"i{i}", new float[] { 1, 1 })).ToArray();
        await using var server = await TestServer.StartAsync(redis, TestModel.Of(items, ("u0", [1, 0])));
        await server.Publisher.CatalogueAsync(
            [.. Enumerable.Range(0, 9).Select(i => ($"new{i}", new CatalogueItem { NeighborIds = { "i0" }, NeighborCosines = { 1 } }))]);
        await Wait.UntilAsync("the new items are known", async () => (await server.RecommendAsync("u0", 40)).Items.Count == 32);
        var whole = Ids(await server.RecommendAsync("u0", 40));

        // By the stable hash of their ids, new or not.
        Assert.Equal(whole.OrderBy(StableHash.Of), whole);
        Assert.Equal(whole, await PageByPageAsync(server, new() { UserId = "u0", K = 5 }));
        var (_, first, rest) = await BeginAsync(server, "u0");
        await server.Publisher.HideAsync(first.Items[0].ItemId);
        await Wait.UntilAsync("it is sold out", async () => (await server.RecommendAsync("u0", 40)).Items.Count == 31);
        Assert.Equal(whole[10..], await IdsAsync(server, rest));
    }

    [Fact]
    public async Task Recommend_DiverseWhileItemsComeAndGo_RepeatsNothingAndMissesNothing()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 1, 4, seed: 1));
        var request = new RecommendRequest { UserId = "u0", K = 10, Diversity = 0.5f };
        var first = await server.Client.RecommendAsync(request);
        var left = Ids(await server.RecommendAsync("u0", 40)).Except(Ids(first)).ToArray();
        await server.Publisher.HideAsync(first.Items[0].ItemId);
        await server.Publisher.TouchAfterTrainingAsync("u0", first.Items[5].ItemId);
        await server.Publisher.CatalogueAsync(("new", new() { NeighborIds = { first.Items[0].ItemId }, NeighborCosines = { 1 } }));
        await Wait.UntilAsync(
            "that is known", async () => Ids(await server.RecommendAsync("u0", 40)), ids => ids.Contains("new") && !ids.Contains(first.Items[0].ItemId));
        request.PageToken = first.NextPageToken;
        var second = await server.Client.RecommendAsync(request);
        (request.PageToken, request.K) = (second.NextPageToken, 100);

        var ids = Ids(second).Concat(await IdsAsync(server, request)).ToArray();
        Assert.Equal(left.Append("new").Order(), ids.Order());
    }

    [Theory]
    [InlineData("erased")]
    [InlineData("history gone")]
    public async Task Recommend_WhatTheRankingWasMadeOfIsGone_AsksToBeginAgain(string what)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 1, 4, seed: 1));
        await server.Publisher.TouchAfterTrainingAsync("u0", "i7");
        var (_, _, rest) = await BeginAsync(server, "u0");
        if (what == "erased")
            await server.Publisher.EraseAsync("u0", DateTimeOffset.UtcNow);
        await redis.Database.KeyDeleteAsync(server.Publisher.Keys.User("u0"));
        if (what == "erased")
            await Wait.UntilAsync("u0 is unknown", async () => (await server.RecommendAsync("u0")).Source == Source.Popular);

        var e = await TestServer.FailsAsync(server.Client.RecommendAsync(rest).ResponseAsync);

        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Contains("begin again without page_token", e.Status.Detail);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Recommend_ErasedUserHasTouchedSomethingSince_AsksToBeginAgain(bool isBySequence)
    {
        var model = TestModel.Random(40, 1, 8, seed: 1);
        if (isBySequence)
            model = model with { UserEncoder = RandomEncoder.Of(width: 8, length: 4, heads: 2, blocks: 2) };
        await using var server = await TestServer.StartAsync(redis, model);
        await server.Publisher.TouchAfterTrainingAsync("visitor", "i7");
        var request = new RecommendRequest { UserId = "visitor", K = 10, ContextItemIds = { "i9" } };
        request.PageToken = (await server.Client.RecommendAsync(request)).NextPageToken;
        await server.Publisher.EraseAsync("visitor", DateTimeOffset.UtcNow);
        await redis.Database.KeyDeleteAsync(server.Publisher.Keys.User("visitor"));
        await server.Publisher.TouchAfterTrainingAsync("visitor", "i8");

        var e = await TestServer.FailsAsync(server.Client.RecommendAsync(request).ResponseAsync);

        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Contains("begin again without page_token", e.Status.Detail);
        // What was touched since makes pages of its own.
        request.PageToken = "";
        Assert.Equal(38, (await PageByPageAsync(server, request)).Count);
    }

    [Fact]
    public async Task Recommend_ItemErasedBetweenPages_AsksToBeginAgain()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 1, 4, seed: 1));
        var (whole, _, rest) = await BeginAsync(server, "u0");
        using var connection = redis.Connect(server.Publisher.Keys.Prefix);
        using var erasure = new GenerationErasure(connection);
        await erasure.RemoveItemAsync(whole[5], default);
        await Wait.UntilAsync("it is gone", async () => !Ids(await server.RecommendAsync("u0", 40)).Contains(whole[5]));

        var e = await TestServer.FailsAsync(server.Client.RecommendAsync(rest).ResponseAsync);

        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Equal("page_token is of generation 1 with other items than it has now, as before one was erased: begin again without page_token.", e.Status.Detail);
    }

    [Fact]
    public async Task Recommend_AnotherUserErasedBetweenPages_GoesOn()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(40, 2, 4, seed: 1));
        var (whole, _, rest) = await BeginAsync(server, "u0");
        using var connection = redis.Connect(server.Publisher.Keys.Prefix);
        using var erasure = new GenerationErasure(connection);
        await server.Publisher.EraseAsync("u1", DateTimeOffset.UtcNow);
        await erasure.RemoveErasedUsersAsync(default);
        var follower = server.Services.GetRequiredService<GenerationFollower>();
        await Wait.UntilAsync("the generation is served without u1", () => Task.FromResult(follower.Current.Generation!.Manifest.Users == 1));

        Assert.Equal(whole[10..], await IdsAsync(server, rest));
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

    // The whole ranking, its first ten items, and the request for the rest.
    private static async Task<(string[] Whole, RecommendResponse First, RecommendRequest Later)> BeginAsync(TestServer server, string user)
    {
        var whole = Ids(await server.RecommendAsync(user, 1000));
        var first = await server.RecommendAsync(user, 10);
        Assert.Equal(whole[..10], Ids(first));
        return (whole, first, new() { UserId = user, K = 1000, PageToken = first.NextPageToken });
    }

    private static async Task<List<string>> PageByPageAsync(TestServer server, RecommendRequest request)
    {
        var pages = new List<string>();
        do
        {
            var page = await server.Client.RecommendAsync(request);
            pages.AddRange(Ids(page));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0 && pages.Count < 1000);
        return pages;
    }

    private static string[] Ids(RecommendResponse response) => [.. response.Items.Select(i => i.ItemId)];

    private static async Task<List<string>> IdsAsync(TestServer server, RecommendRequest request) => [.. Ids(await server.Client.RecommendAsync(request))];
}

using Google.Protobuf;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class FilterTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommend_AllAndNoneOfCategories_Apply()
    {
        var model = TestModel.Compass() with { Categories = [["shoes", "red"], ["shoes"], ["red", "sale"], []] };
        await using var server = await TestServer.StartAsync(redis, model);

        Assert.Equal(["a"], await IdsAsync(server, new() { AllCategories = { "shoes", "red" } }));
        Assert.Equal(["b", "d"], await IdsAsync(server, new() { NoCategories = { "red" } }));
        Assert.Equal(["c"], await IdsAsync(server, new() { AllCategories = { "red" }, NoCategories = { "shoes" } }));
        Assert.Empty(await IdsAsync(server, new() { AllCategories = { "unheard of" } }));
    }

    [Fact]
    public async Task Recommend_OnlySomeItems_RanksThese()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());

        Assert.Equal(["b", "d"], await IdsAsync(server, new() { OnlyItemIds = { "d", "unheard of", "b" } }));
        Assert.Empty(await IdsAsync(server, new() { OnlyItemIds = { "unheard of" } }));
    }

    [Fact]
    public async Task Recommend_IncludeUnavailable_HasThemButNoneThatWasDeleted()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        // a is not available: it is in the catalogue. d was deleted: it is not.
        await server.Publisher.CatalogueAsync(("a", new()), ("b", new()), ("c", new()), ("new", new() { NeighborIds = { "b" }, NeighborCosines = { 1 } }));
        await server.Publisher.WriteLiveMarkerAsync();
        await server.Publisher.HideAsync("a");
        await server.Publisher.HideAsync("d");
        await server.Publisher.HideAsync("new");
        await Wait.UntilAsync("hidden items are out", async () => (await IdsAsync(server, new())).SequenceEqual(["b", "c"]));
        await Wait.UntilAsync("the catalogue is known", async () => (await IdsAsync(server, new() { IncludeUnavailable = true })).Count > 2);

        // "new" scores as b does; the hash of its id is less.
        Assert.Equal(["a", "new", "b", "c"], await IdsAsync(server, new() { IncludeUnavailable = true }));
    }

    [Theory]
    [InlineData("filter.all_categories", 101)]
    [InlineData("filter.no_categories", 101)]
    [InlineData("filter.only_item_ids", 10_001)]
    [InlineData("context_item_ids", 101)]
    public async Task Recommend_ListTooLong_NamesIt(string field, int count)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var request = new RecommendRequest { UserId = "east", Filter = new() };
        var list = Enumerable.Repeat("x", count);
        (field switch
        {
            "filter.all_categories" => request.Filter.AllCategories,
            "filter.no_categories" => request.Filter.NoCategories,
            "filter.only_item_ids" => request.Filter.OnlyItemIds,
            _ => request.ContextItemIds,
        }).Add(list);

        var e = await TestServer.FailsAsync(server.Client.RecommendAsync(request).ResponseAsync);

        Assert.Equal((StatusCode.InvalidArgument, $"{field}: has {count} entries; at most {count - 1}"), (e.StatusCode, e.Status.Detail));
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1.1f)]
    [InlineData(float.NaN)]
    public async Task Recommend_DiversityOutOfRange_IsRefused(float diversity)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());

        var e = await TestServer.FailsAsync(server.Client.RecommendAsync(new() { UserId = "east", Diversity = diversity }).ResponseAsync);

        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.StartsWith("diversity: is ", e.Status.Detail);
    }

    [Fact]
    public async Task Recommend_Diversity_PutsAlikeItemsApart()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());

        var response = await server.Client.RecommendAsync(new() { UserId = "east", K = 2, Diversity = 0.6f, ExcludedItemIds = { "d" } });

        Assert.Equal(["a", "c"], response.Items.Select(i => i.ItemId));
    }

    [Fact]
    public async Task Recommend_ItemsInContext_MoveTheAnswerAndAreLeftOut()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:RecentWeight=0.9");

        var known = await server.Client.RecommendAsync(new() { UserId = "east", ContextItemIds = { "c", "unheard of" }, ExcludeSeen = false });
        var stranger = await server.Client.RecommendAsync(new() { UserId = "stranger", ContextItemIds = { "c" } });

        Assert.Equal(["b", "a", "d"], known.Items.Select(i => i.ItemId));
        Assert.Equal((Source.Personal, "b"), (stranger.Source, stranger.Items[0].ItemId));
        Assert.DoesNotContain("c", stranger.Items.Select(i => i.ItemId));
    }

    [Theory]
    [InlineData("east")]
    [InlineData("stranger")]
    public async Task Recommend_ItemInContextAndInTheHistory_CountsOnce(string user)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:RecentWeight=0.9", "--Server:RecentItems=2");
        await server.Publisher.TouchAfterTrainingAsync(user, "a", seconds: 1);
        await server.Publisher.TouchAfterTrainingAsync(user, "c", seconds: 2);

        var touched = await server.RecommendAsync(user);
        var looking = await server.Client.RecommendAsync(new() { UserId = user, ContextItemIds = { "c", "c" } });

        Assert.Equal(["b", "d"], touched.Items.Select(i => i.ItemId));
        Assert.Equal(touched.Items, looking.Items);
    }

    [Fact]
    public async Task RecommendSession_ItemTwice_CountsOnceWhereItComesFirst()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:RecentItems=2");

        var once = await server.Client.RecommendSessionAsync(new() { ItemIds = { "c", "a", "d" } });
        var twice = await server.Client.RecommendSessionAsync(new() { ItemIds = { "c", "c", "a", "d" } });

        Assert.Equal(once.Items, twice.Items);
    }

    [Fact]
    public async Task Recommend_AnyBytes_EndInAStatus()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var random = new Random(3);
        var valid = new RecommendRequest { UserId = "east", Filter = new() { OnlyItemIds = { "a" } }, ContextItemIds = { "b" }, PageToken = "xyz", Diversity = 0.5f, Explain = true }.ToByteArray();
        var invoker = server.Invoker;
        var method = new Method<byte[], RecommendResponse>(
            MethodType.Unary, "rearm.v1.Recommender", "Recommend", Marshallers.Create(b => b, b => b), Marshallers.Create(r => r.ToByteArray(), RecommendResponse.Parser.ParseFrom));
        for (var round = 0; round < 200; round++)
        {
            var bytes = valid.ToArray();
            for (var change = 0; change < 1 + round % 4; change++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                using var call = invoker.AsyncUnaryCall(method, null, new(), bytes);
                await call;
            }
            catch (RpcException e)
            {
                // What is no message at all does not get as far as our code: gRPC's own answer is UNKNOWN.
                Assert.Contains(e.StatusCode, new[] { StatusCode.InvalidArgument, StatusCode.FailedPrecondition, StatusCode.Unknown });
            }
        }

        Assert.Equal("a", (await server.RecommendAsync("east")).Items[0].ItemId);
    }

    private static async Task<List<string>> IdsAsync(TestServer server, ItemFilter filter) =>
        [.. (await server.Client.RecommendAsync(new() { UserId = "east", Filter = filter })).Items.Select(i => i.ItemId)];
}

using Google.Protobuf;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder.Catalogue;

/// <summary>The live catalogue, from the GraphBuilder's state through Redis to a Server's answers.</summary>
public sealed class CatalogueSyncTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly string[] Compass = ["a", "b", "c", "d"];

    [Fact]
    public async Task NewItem_WithFeatures_IsRecommendedToWhoLikesItsLookalikesAndToNobodyElse()
    {
        await using var server = await TestServer.StartAsync(fixture.Server, TestModel.Compass() with { Categories = [["shoes"], [], [], []] });
        await using var catalogue = new CatalogueWriter(fixture.Server, server.Publisher.Keys.Prefix);
        Put(catalogue.State, "a", [1, 0, 0], "shoes");
        Put(catalogue.State, "b", [0.9f, 0.1f, 0], "shoes");
        Put(catalogue.State, "c", [0, 1, 0]);
        Put(catalogue.State, "d", [0, 0, 1]);
        await catalogue.WriteAsync();
        Assert.Equal(Compass, Ids(await server.RecommendAsync("east")));

        Put(catalogue.State, "late", [1, 0.05f, 0], "shoes");
        await catalogue.WriteAsync();

        await Wait.UntilAsync("the new item is recommended", async () => Ids(await server.RecommendAsync("east", 3)).Contains("late"));
        Assert.Equal("c", Ids(await server.RecommendAsync("north", 1)).Single());
        Assert.DoesNotContain("late", Ids(await server.RecommendAsync("north", 1)));
        Assert.Contains("late", Ids(await server.RecommendAsync("east", categories: ["shoes"])));
        Assert.DoesNotContain("late", Ids(await server.RecommendAsync("east", excluded: ["late"])));
        Assert.Contains((await server.Client.SimilarItemsAsync(new() { ItemId = "late", K = 1 })).Items[0].ItemId, new[] { "a", "b" });
        await server.Publisher.TouchAfterTrainingAsync("east", "late");
        Assert.DoesNotContain("late", Ids(await server.RecommendAsync("east")));
        // Who has touched nothing else is ranked by what it is like.
        await server.Publisher.TouchAfterTrainingAsync("stranger", "late");
        var stranger = await server.RecommendAsync("stranger", 2);
        Assert.Equal((Source.Personal, "a b"), (stranger.Source, string.Join(' ', Ids(stranger))));
        // Once a generation knows it, its own vector is what counts.
        await server.Publisher.PublishAsync(2, TestModel.Of(
            [("a", [1, 0]), ("b", [0.9f, 0.1f]), ("c", [0, 1]), ("d", [-1, 0]), ("late", [0, 3])], ("east", [2, 0]), ("north", [0, 2])));
        await server.ServesAsync(2);
        await catalogue.WriteAsync();
        await Wait.UntilAsync("north gets it", async () => Ids(await server.RecommendAsync("north", 1)).Single() == "late");
        Assert.Empty((await catalogue.EntryAsync("late"))!.NeighborIds);
    }

    [Fact]
    public async Task Categories_ChangedSinceTraining_FilterAtOnce()
    {
        await using var server = await TestServer.StartAsync(fixture.Server, TestModel.Compass() with { Categories = [["shoes"], ["shoes"], [], []] });
        await using var catalogue = new CatalogueWriter(fixture.Server, server.Publisher.Keys.Prefix);
        Put(catalogue.State, "a", [], "sale");
        await catalogue.WriteAsync();
        // "b" has never been described since, so it has what it was trained with.
        await Wait.UntilAsync("the category has changed", async () => Ids(await server.RecommendAsync("east", categories: ["shoes"])).SequenceEqual(["b"]));
        Assert.Equal(["a"], Ids(await server.RecommendAsync("east", categories: ["sale"])));
    }

    [Fact]
    public async Task Attributes_ChangedAndTakenAway_AreWhatAnswersHaveNow()
    {
        await using var server = await TestServer.StartAsync(fixture.Server, TestModel.Compass());
        await using var catalogue = new CatalogueWriter(fixture.Server, server.Publisher.Keys.Prefix);
        Put("a", ("image_url", "/a.jpg"), ("title", "Tent"));
        Put("b", ("title", "Stove"));
        await catalogue.WriteAsync();
        Assert.Equal("a: image_url=/a.jpg title=Tent, b: title=Stove", await AttributesAsync());

        Put("a", ("title", "Little tent"));
        Put("b");
        await catalogue.WriteAsync();
        Assert.Equal("a: title=Little tent, b:", await AttributesAsync());

        catalogue.State.PutItem("a", new() { Time = 2, Deleted = true });
        await catalogue.WriteAsync();
        await Wait.UntilAsync("the deleted item comes without", async () => await AttributesAsync() == "a:, b:");

        void Put(string id, params (string Name, string Value)[] attributes) =>
            catalogue.State.PutItem(id, new() { Time = 1, Attributes = [.. attributes.Select(a => new ItemAttribute(a.Name, a.Value))] });

        async Task<string> AttributesAsync()
        {
            var answer = await server.Client.RecommendAsync(new() { UserId = "east", K = 2, Attributes = { "title", "image_url" } });
            return string.Join(", ", answer.Items.Select(i => string.Join(' ', [$"{i.ItemId}:", .. i.Attributes.OrderBy(a => a.Key).Select(a => $"{a.Key}={a.Value}")])));
        }
    }

    [Fact]
    public async Task Attributes_OfManyItems_AreNotKeptByAFollowerNorMakeItWork()
    {
        await using var catalogue = new CatalogueWriter(fixture.Server);
        for (var i = 0; i < 600; i++)
            catalogue.State.PutItem($"i{i}", new() { Time = 1, Categories = ["c"], Attributes = [new("title", $"Item {i}")] });
        await catalogue.WriteAsync();
        var follower = catalogue.Reader();
        await follower.FollowAsync(default);
        Assert.All(follower.All, i => Assert.Null(i.Value.Attributes));
        var version = follower.Version;

        catalogue.State.PutItem("i7", new() { Time = 2, Categories = ["c"], Attributes = [new("title", "Another title")] });
        await catalogue.WriteAsync();
        await follower.FollowAsync(default);
        Assert.Equal(version, follower.Version);

        catalogue.State.PutItem("i7", new() { Time = 3, Categories = ["d"], Attributes = [new("title", "Another title")] });
        await catalogue.WriteAsync();
        await follower.FollowAsync(default);
        // Nothing had to be loaded anew: the checksum, which the attributes are part of, was right.
        Assert.Equal(version + 1, follower.Version);
        Assert.Equal("Another title", (await catalogue.EntryAsync("i7"))!.Attributes.Values["title"]);
    }

    [Fact]
    public async Task Trending_StrangersTouchAnItemThatTheGenerationDoesNotKnow_IsWhatUnknownUsersGet()
    {
        await using var server = await TestServer.StartAsync(fixture.Server, TestModel.Compass());
        await using var catalogue = new CatalogueWriter(fixture.Server, server.Publisher.Keys.Prefix);
        for (var u = 0; u < 5; u++)
            catalogue.Shard.Touch($"s{u}", "hot", PairKind.Positive, 1, 1_000_000_000_000);
        catalogue.Shard.Touch("s9", "b", PairKind.Positive, 1, 1_000_000_000_000);
        await catalogue.WriteAsync();
        await Wait.UntilAsync("what is trending comes first", async () => Ids(await server.RecommendAsync("stranger")).SequenceEqual(["hot", "b", "a", "c", "d"]));
        Assert.Equal([5f, 1, 0, 0, 0], (await server.RecommendAsync("stranger")).Items.Select(i => i.Score));
        await server.Publisher.HideAsync("hot");
        await Wait.UntilAsync("a hidden item is not trending", async () => Ids(await server.RecommendAsync("stranger")).SequenceEqual(["b", "a", "c", "d"]));
    }

    [Fact]
    public async Task Write_ItemsComeChangeAndGo_AFollowerHasWhatAFreshReaderHas()
    {
        await using var catalogue = new CatalogueWriter(fixture.Server);
        var follower = catalogue.Reader();
        var random = new Random(3);
        for (var round = 0; round < 12; round++)
        {
            for (var n = 0; n < 150; n++)
            {
                var id = $"i{random.Next(900)}";
                if (random.Next(4) == 0)
                    catalogue.State.PutItem(id, new() { Time = round, Deleted = true });
                else
                    Put(catalogue.State, id, [], $"c{random.Next(5)}");
            }
            await catalogue.WriteAsync();
            await follower.FollowAsync(default);
            var fresh = catalogue.Reader();
            await fresh.FollowAsync(default);
            Assert.Equal(Content(fresh), Content(follower));
            Assert.Equal(Enumerable.Range(0, catalogue.State.ItemIds.Count).Count(i => !catalogue.State.Item(i).Deleted), follower.Count);
        }
    }

    [Theory]
    [InlineData("all entries")]
    [InlineData("an entry")]
    [InlineData("a changed entry")]
    [InlineData("its attributes")]
    [InlineData("the head")]
    [InlineData("the changes")]
    [InlineData("what is trending")]
    public async Task Write_RedisHasLostSomething_RepairsItAndFollowersHaveItAll(string what)
    {
        await using var catalogue = new CatalogueWriter(fixture.Server);
        for (var i = 0; i < 600; i++)
            catalogue.State.PutItem($"i{i}", new() { Time = 1, Categories = [$"c{i % 7}"], Attributes = [new("title", $"Item {i}")] });
        catalogue.Shard.Touch("u", "i1", PairKind.Positive, 1, 5);
        await catalogue.WriteAsync();
        var follower = catalogue.Reader();
        await follower.FollowAsync(default);
        var before = Content(follower);
        var (database, keys) = (catalogue.Redis.Database, catalogue.Redis.Keys);
        Assert.True(what switch
        {
            "all entries" => await database.KeyDeleteAsync(keys.CatalogueItems),
            "an entry" => await database.HashDeleteAsync(keys.CatalogueItems, "i500"),
            "a changed entry" => !await database.HashSetAsync(keys.CatalogueItems, "i500", new CatalogueItem { Categories = { "wrong" } }.ToByteArray()),
            "its attributes" => !await database.HashSetAsync(keys.CatalogueItems, "i500", new CatalogueItem { Categories = { $"c{500 % 7}" } }.ToByteArray()),
            "the head" => await database.KeyDeleteAsync(keys.Catalogue),
            "the changes" => await database.KeyDeleteAsync(keys.CatalogueChanges),
            _ => await database.KeyDeleteAsync(keys.Trending),
        });

        // It looks at some entries with each call.
        for (var n = 0; n < 5; n++)
            await catalogue.WriteAsync();
        Put(catalogue.State, "one more", [], "c1");
        await catalogue.WriteAsync();

        await follower.FollowAsync(default);
        var fresh = catalogue.Reader();
        await fresh.FollowAsync(default);
        Assert.Equal(before.Count + 1, fresh.Count);
        Assert.Equal("Item 500", (await catalogue.EntryAsync("i500"))!.Attributes.Values["title"]);
        Assert.Equal(Content(fresh), Content(follower));
        Assert.Equal(["i1"], CatalogueCodec.ReadTrending((await new LiveCatalogue(catalogue.Redis).ReadTrendingBytesAsync(default))!).ItemIds);
    }

    [Fact]
    public async Task Write_ANewProcess_WritesOnlyWhatDiffers()
    {
        await using var first = new CatalogueWriter(fixture.Server);
        for (var i = 0; i < 30; i++)
            Put(first.State, $"i{i}", [], "c");
        await first.WriteAsync();
        var before = await first.HeadAsync();
        await first.DisposeAsync();

        await using var second = new CatalogueWriter(fixture.Server, first.Redis.Keys.Prefix);
        for (var i = 0; i < 30; i++)
            Put(second.State, $"i{i}", [], "c");
        await second.WriteAsync();
        Assert.Equal(before, await second.HeadAsync());

        // An item that the state does not know stays while the log is read again, and goes once it has been.
        await using var third = new CatalogueWriter(fixture.Server, first.Redis.Keys.Prefix);
        Put(third.State, "i0", [], "c");
        await second.DisposeAsync();
        await third.WriteAsync(isComplete: false);
        Assert.Equal(30, (await third.HeadAsync())!.Items);
        await using var fourth = new CatalogueWriter(fixture.Server, first.Redis.Keys.Prefix);
        await third.DisposeAsync();
        Put(fourth.State, "i0", [], "c");
        await fourth.WriteAsync();
        Assert.Equal(1, (await fourth.HeadAsync())!.Items);
    }

    [Fact]
    public async Task Write_ItemsAreBehind_KeepsWhatTheStateDoesNotDescribeUntilTheyHaveBeenRead()
    {
        await using var first = new CatalogueWriter(fixture.Server);
        for (var i = 0; i < 30; i++)
            Put(first.State, $"i{i}", [], "c");
        await first.WriteAsync();
        await first.DisposeAsync();

        // From a checkpoint of before; one item is known by an interaction alone, and one was deleted then.
        await using var second = new CatalogueWriter(fixture.Server, first.Redis.Keys.Prefix);
        Put(second.State, "i0", [], "c");
        second.Shard.Touch("u", "i1", PairKind.Positive, 1, 5);
        second.State.PutItem("i2", new() { Time = 1, Deleted = true });
        await second.WriteAsync(isComplete: false);
        await second.WriteAsync(isComplete: false);
        Assert.Equal(30, (await second.HeadAsync())!.Items);

        Put(second.State, "i1", [], "c");
        await second.WriteAsync();
        await AssertHeadAsync(second, 2);
    }

    [Fact]
    public async Task Write_ItemsAreBehind_EntriesOfItemsThatBecomeKnownAreCountedOnce()
    {
        await using var first = new CatalogueWriter(fixture.Server);
        for (var i = 0; i < 700; i++)
            Put(first.State, $"i{i}", [], "c");
        await first.WriteAsync();
        await first.DisposeAsync();

        // More than are looked at together.
        await using var second = new CatalogueWriter(fixture.Server, first.Redis.Keys.Prefix);
        for (var i = 0; i < 600; i++)
            Put(second.State, $"i{i}", [], "c");
        await second.WriteAsync(isComplete: false);
        Put(second.State, "i600", [], "c");
        Put(second.State, "i601", [], "d");
        Put(second.State, "new", [], "c");
        await second.WriteAsync(isComplete: false);
        await AssertHeadAsync(second, 701);
    }

    private static async Task AssertHeadAsync(CatalogueWriter catalogue, int count)
    {
        var head = (await catalogue.HeadAsync())!;
        var entries = new List<ulong>();
        await foreach (var (id, entry) in new CatalogueStore(catalogue.Redis).ReadAllAsync(default))
            entries.Add(CatalogueChecksum.Of(id, entry));
        Assert.Equal((count, count), (entries.Count, head.Items));
        Assert.Equal(entries.Aggregate(0UL, (sum, hash) => unchecked(sum + hash)), head.Checksum);
    }

    [Fact]
    public async Task Write_RedisCluster_Works()
    {
        await using var cluster = await RedisServer.StartClusterAsync();
        await using var catalogue = new CatalogueWriter(cluster);
        Put(catalogue.State, "a", [], "c");
        await catalogue.WriteAsync();
        var reader = catalogue.Reader();
        await reader.FollowAsync(default);
        Assert.Equal(["a"], reader.All.Select(i => i.Key));
    }

    private static void Put(GraphState state, string id, float[] features, params string[] categories) => state.PutItem(id, new()
    {
        Time = 1,
        Categories = categories,
        Features = features.Length == 0 ? [] : [new("look", ItemVector.Compact(features))],
    });

    private static List<string> Ids(RecommendResponse response) => [.. response.Items.Select(i => i.ItemId)];

    private static List<string> Content(LiveItems items) => [.. items.All.Select(i => $"{i.Key}: {i.Value}").Order(StringComparer.Ordinal)];
}

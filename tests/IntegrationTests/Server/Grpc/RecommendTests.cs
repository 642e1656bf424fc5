using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class RecommendTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommend_KnownUser_RanksByInnerProduct()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var response = await server.RecommendAsync("east");

        Assert.Equal(["a", "b", "c", "d"], Ids(response));
        Assert.Equal([2f, 1.8f, 0f, -2f], response.Items.Select(i => i.Score));
        Assert.Equal(Source.Personal, response.Source);
        Assert.Equal("", response.Reason);
        Assert.False(response.HistoryUnknown);
    }

    [Fact]
    public async Task Recommend_AnyAnswer_NamesItsGeneration()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var before = DateTimeOffset.UtcNow;
        var generation = (await server.RecommendAsync("east")).Generation;

        Assert.Equal(1, generation.Number);
        Assert.Equal("abc123", generation.SnapshotHash);
        Assert.Equal(TestModel.EventTime, generation.EventTime.ToDateTimeOffset());
        Assert.True(generation.PublishedAt.ToDateTimeOffset() <= before);
        Assert.True(generation.Age.ToTimeSpan() >= before - generation.PublishedAt.ToDateTimeOffset());
    }

    [Fact]
    public async Task Recommend_ItemJustTouched_IsLeftOut()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        Assert.Equal(["a", "b"], Ids(await server.RecommendAsync("east", 2)));
        await server.Publisher.TouchAfterTrainingAsync("east", "a");
        Assert.Equal(["b", "c", "d"], Ids(await server.RecommendAsync("east")));
    }

    [Fact]
    public async Task Recommend_SeenNotExcluded_KeepsIt()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.TouchBeforeTrainingAsync("east", "a");
        Assert.DoesNotContain("a", Ids(await server.RecommendAsync("east")));
        Assert.DoesNotContain("a", Ids(await server.RecommendAsync("east", excludeSeen: true)));
        Assert.Contains("a", Ids(await server.RecommendAsync("east", excludeSeen: false)));
    }

    [Fact]
    public async Task Recommend_TouchedSinceTraining_MovesTheUsersVector()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:RecentWeight=0.9");
        await server.Publisher.TouchAfterTrainingAsync("east", "c");
        var response = await server.RecommendAsync("east", excludeSeen: false);
        // 0.1 (2,0) + 0.9 (0,2) = (0.2, 1.8)
        Assert.Equal(["c", "b", "a", "d"], Ids(response));
        Assert.Equal(1.8f, response.Items[0].Score, 1e-5f);
        Assert.Equal(Source.Personal, response.Source);
    }

    [Fact]
    public async Task Recommend_TouchedBeforeTraining_DoesNotMoveTheUsersVector()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:RecentWeight=0.9");
        await server.Publisher.TouchBeforeTrainingAsync("east", "c");
        await server.Publisher.TouchAsync("east", "d", TestModel.EventTime);
        Assert.Equal(["a", "b", "c", "d"], Ids(await server.RecommendAsync("east", excludeSeen: false)));
    }

    [Fact]
    public async Task Recommend_TrainedOnAnEventFromTheFuture_StillCountsTouchesSinceTheSnapshot()
    {
        var now = DateTimeOffset.UtcNow;
        var model = TestModel.Compass();
        model = model with { Snapshot = new(model.Snapshot) { EventTime = now.AddHours(23).ToTimestamp(), PublishedAt = now.AddMinutes(-10).ToTimestamp() } };
        await using var server = await TestServer.StartAsync(redis, model, "--Server:RecentWeight=0.9");
        await server.Publisher.TouchAsync("east", "d", now.AddMinutes(-11));
        Assert.Equal("a", Ids(await server.RecommendAsync("east", excludeSeen: false))[0]);
        await server.Publisher.TouchAsync("east", "c", now.AddMinutes(-1));
        Assert.Equal("c", Ids(await server.RecommendAsync("east", excludeSeen: false))[0]);
    }

    [Fact]
    public async Task Recommend_MoreTouchedThanCount_UsesTheNewestKnownToTheModel()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass(), "--Server:RecentWeight=1", "--Server:RecentItems=1");
        await server.Publisher.TouchAfterTrainingAsync("east", "d", seconds: 1);
        await server.Publisher.TouchAfterTrainingAsync("east", "c", seconds: 2);
        await server.Publisher.TouchAfterTrainingAsync("east", "unheard of", seconds: 3);
        Assert.Equal("c", Ids(await server.RecommendAsync("east", excludeSeen: false))[0]);
    }

    [Fact]
    public async Task Recommend_UnknownUserWhoTouchedSomething_IsRankedByIt()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.TouchBeforeTrainingAsync("new", "c");
        var response = await server.RecommendAsync("new");
        Assert.Equal("b", Ids(response)[0]);
        Assert.DoesNotContain("c", Ids(response));
        Assert.Equal(Source.Personal, response.Source);
        Assert.Contains("does not know this user", response.Reason);
    }

    [Theory]
    [InlineData("stranger", "does not know this user")]
    [InlineData("blank", "learned nothing")]
    public async Task Recommend_NothingKnownOfTheUser_AnswersPopularItems(string user, string reason)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var response = await server.RecommendAsync(user, 2, excluded: ["b"]);
        Assert.Equal(["a", "c"], Ids(response));
        Assert.Equal([4f, 2f], response.Items.Select(i => i.Score));
        Assert.Equal(Source.Popular, response.Source);
        Assert.Contains(reason, response.Reason);
        Assert.Equal(1, response.Generation.Number);
    }

    [Fact]
    public async Task Recommend_OnlyUnknownItemsTouched_AnswersPopularItems()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.TouchAfterTrainingAsync("stranger", "unheard of");
        var response = await server.RecommendAsync("stranger");
        Assert.Equal(Source.Popular, response.Source);
        Assert.Contains("neither this user nor the items", response.Reason);
    }

    [Fact]
    public async Task Recommend_Categories_AnswersTheirUnion()
    {
        var model = TestModel.Compass() with { Categories = [["shoes"], ["shoes", "sale"], ["sale"], []] };
        await using var server = await TestServer.StartAsync(redis, model);
        Assert.Equal(["a", "b"], Ids(await server.RecommendAsync("east", categories: ["shoes"])));
        Assert.Equal(["a", "b", "c"], Ids(await server.RecommendAsync("east", categories: ["sale", "shoes"])));
        Assert.Equal(["b", "c"], Ids(await server.RecommendAsync("stranger", categories: ["sale"])));
        Assert.Empty(Ids(await server.RecommendAsync("east", categories: ["hats"])));
    }

    [Fact]
    public async Task Recommend_ExcludedItems_AreLeftOutAndUnknownOnesIgnored()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        Assert.Equal(["b", "d"], Ids(await server.RecommendAsync("east", excluded: ["a", "c", "unheard of"])));
    }

    [Fact]
    public async Task Recommend_UnavailableItem_IsNotShown()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Available = [false, true, true, true] });
        Assert.Equal(["b", "c", "d"], Ids(await server.RecommendAsync("east")));
    }

    [Fact]
    public async Task Recommend_ItemUnavailableWhenTrainedAndBackInStock_IsShown()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass() with { Available = [false, true, true, true] });
        await server.Publisher.HideAsync("b");
        await server.Publisher.WriteLiveMarkerAsync();
        await Wait.UntilAsync("what is available now is shown", async () => Ids(await server.RecommendAsync("east")).SequenceEqual(["a", "c", "d"]));
    }

    [Fact]
    public async Task Recommend_UserErased_IsUnknownUntilAGenerationThatWasCutLater()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        Assert.Equal(Source.Personal, (await server.RecommendAsync("east")).Source);
        await server.Publisher.EraseAsync("east", TestModel.EventTime);
        await Wait.UntilAsync("the user is unknown", async () => (await server.RecommendAsync("east")).Source == Source.Popular);
        Assert.Contains("does not know this user", (await server.RecommendAsync("east")).Reason);
        Assert.Equal(Source.Personal, (await server.RecommendAsync("north")).Source);

        var later = TestModel.Compass();
        later.Snapshot.CutAt = TestModel.EventTime.AddSeconds(1).ToTimestamp();
        await server.Publisher.PublishAsync(2, later);
        await Wait.UntilAsync("the user is known again", async () => (await server.RecommendAsync("east")).Source == Source.Personal);
    }

    [Fact]
    public async Task Recommend_ItemThatTheUserDoesNotWant_IsLeftOutAndIsNoInterest()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.DislikeAsync("stranger", "c", TestModel.EventTime.AddSeconds(1));
        var response = await server.RecommendAsync("stranger");
        Assert.Equal(Source.Popular, response.Source);
        Assert.Equal(["a", "b", "d"], Ids(response));
    }

    [Fact]
    public async Task Recommend_HiddenItem_IsLeftOutUntilItIsShownAgain()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.HideAsync("a");
        await Wait.UntilAsync("the hidden item is left out", async () => !Ids(await server.RecommendAsync("east")).Contains("a"));
        Assert.DoesNotContain("a", Ids(await server.RecommendAsync("stranger")));
        await server.Publisher.ShowAsync("a");
        await Wait.UntilAsync("the item is back", async () => Ids(await server.RecommendAsync("east")).Contains("a"));
    }

    [Fact]
    public async Task Recommend_EqualScores_HaveTheSameOrderInAnyOrderOfArrival()
    {
        var items = Enumerable.Range(0, 50).Select(i => ($"item-{i}", new float[] { 1 })).ToArray();
        await using var one = await TestServer.StartAsync(redis, TestModel.Of(items, ("u", [1])));
        await using var other = await TestServer.StartAsync(redis, TestModel.Of([.. items.Reverse()], ("u", [1])));
        var expected = items.Select(i => i.Item1).OrderBy(Contracts.StableHash.Of).Take(20).ToList();
        Assert.Equal(expected, Ids(await one.RecommendAsync("u", 20)));
        Assert.Equal(expected, Ids(await other.RecommendAsync("u", 20)));
    }

    [Fact]
    public async Task Recommend_KBeyondTheItems_AnswersThemAll()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        Assert.Equal(4, (await server.RecommendAsync("east", 1000)).Items.Count);
        Assert.Equal(4, (await server.RecommendAsync("stranger", 1000)).Items.Count);
    }

    [Fact]
    public async Task Recommend_NoK_AnswersTen()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(30, 1, 4, seed: 1));
        Assert.Equal(10, (await server.RecommendAsync("u0", 0)).Items.Count);
    }

    [Fact]
    public async Task Recommend_GenerationWithoutItems_AnswersEmpty()
    {
        var model = TestModel.Of([], ("east", [2, 0]));
        await using var server = await TestServer.StartAsync(redis, model);
        Assert.Empty((await server.RecommendAsync("east")).Items);
        Assert.Empty((await server.RecommendAsync("stranger")).Items);
    }

    [Fact]
    public async Task Recommend_ManyChunks_IsTheSameAsBruteForce()
    {
        var model = TestModel.Random(9000, 5000, 8, seed: 5); // three item chunks, two user chunks
        await using var server = await TestServer.StartAsync(redis, model);
        foreach (var user in new[] { 0, 4095, 4096, 4999 })
        {
            var vector = model.UserVectors.AsSpan(user * 8, 8).ToArray();
            var expected = Enumerable.Range(0, 9000)
                .OrderByDescending(i => Enumerable.Range(0, 8).Sum(j => (double)vector[j] * model.ItemVectors[i * 8 + j]))
                .Take(20).Select(i => model.ItemIds[i]);
            Assert.Equal(expected, Ids(await server.RecommendAsync($"u{user}", 20)));
        }
    }

    [Theory]
    [InlineData("", 10, 0, 0, "user_id: is empty")]
    [InlineData("u", 1001, 0, 0, "k: is 1001; at most 1000")]
    [InlineData("u", 10, 101, 0, "categories: has 101 entries; at most 100")]
    [InlineData("u", 10, 0, 10_001, "excluded_item_ids: has 10001 entries; at most 10000")]
    public async Task Recommend_BeyondALimit_NamesFieldValueAndLimit(string user, int k, int categories, int excluded, string message)
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var e = await TestServer.FailsAsync(server.RecommendAsync(
            user, (uint)k, categories: [.. Enumerable.Repeat("c", categories)], excluded: [.. Enumerable.Repeat("x", excluded)]));
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.Equal(message, e.Status.Detail);
    }

    [Fact]
    public async Task Recommend_UserIdTooLong_IsRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        var e = await TestServer.FailsAsync(server.RecommendAsync(new string('é', 129)));
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.Equal("user_id: has 258 bytes; at most 256", e.Status.Detail);
    }

    private static List<string> Ids(RecommendResponse response) => [.. response.Items.Select(i => i.ItemId)];
}

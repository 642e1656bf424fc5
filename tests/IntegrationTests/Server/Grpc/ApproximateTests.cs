using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

/// <summary>The real Server with an index.</summary>
public class ApproximateTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Status_RecallIsEnough_SaysSoAndAnswersHoldWhatTheyMay()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(2000, 50, 16, seed: 1), "--Server:ApproximateFrom=1000");
        var status = await BuiltAsync(server);
        Assert.Equal("", status.Reason);
        Assert.True(status.Used);
        Assert.InRange(status.Recall, 0.95, 1);
        Assert.True(status.Bytes > 2000 * 16 * 2);
        Assert.True(status.BuildSeconds > 0);

        var best = (await server.RecommendAsync("u1", 20)).Items.Select(item => item.ItemId).ToArray();
        await server.Publisher.TouchBeforeTrainingAsync("u1", best[0]);
        var without = await server.RecommendAsync("u1", 20, excluded: best[1..10]);

        Assert.Equal(20, without.Items.Count);
        Assert.Empty(without.Items.Select(item => item.ItemId).Intersect(best[..10]));
        Assert.Equal(best[10..], without.Items.Select(item => item.ItemId).Take(10));
    }

    [Fact]
    public async Task Status_NextGeneration_HasAnIndexOfItsOwn()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(2000, 50, 16, seed: 1), "--Server:ApproximateFrom=1000");
        await BuiltAsync(server);
        await server.Publisher.PublishAsync(2, TestModel.Random(3000, 50, 8, seed: 2));
        await server.ServesAsync(2);
        var larger = await BuiltAsync(server);
        Assert.True(larger.Used);
        Assert.Equal(10, (await server.RecommendAsync("u1")).Items.Count);

        await server.Publisher.PublishAsync(3, TestModel.Random(500, 50, 8, seed: 3));
        await server.ServesAsync(3);

        var status = await Wait.UntilAsync(
            "the generation is looked at",
            async () => (await server.StatusAsync()).ApproximateSearch,
            s => s.Reason == "There are 500 items, fewer than 1000 (Server:ApproximateFrom).");

        Assert.False(status.Used);
        Assert.Equal(10, (await server.RecommendAsync("u1")).Items.Count);
    }

    [Fact]
    public async Task Status_RecallIsTooLow_SaysSoAndAnswersAreExact()
    {
        var model = TestModel.Random(2000, 50, 64, seed: 3);
        await using var exact = await TestServer.StartAsync(redis, model);
        await using var server = await TestServer.StartAsync(
            redis, model, "--Server:ApproximateFrom=1000", "--Server:ApproximateExpansion=80", "--Server:ApproximateMinRecall=1");
        var status = await BuiltAsync(server);
        Assert.False(status.Used);
        Assert.InRange(status.Recall, 0.1, 0.9999);
        Assert.Contains("less than 1 (Server:ApproximateMinRecall)", status.Reason);
        for (var user = 0; user < 20; user++)
            Assert.Equal((await exact.RecommendAsync($"u{user}", 20)).Items, (await server.RecommendAsync($"u{user}", 20)).Items);
    }

    [Fact]
    public async Task Recommend_WhileAnExperimentRuns_IsExact()
    {
        var model = TestModel.Random(2000, 50, 16, seed: 1);
        await using var server = await TestServer.StartAsync(redis, model, "--Server:ApproximateFrom=1000");
        await server.Publisher.WriteAsync(2, model);
        Assert.True((await BuiltAsync(server)).Used);
        var engine = server.Services.GetRequiredService<TopKEngine>();
        await server.RecommendAsync("u1");
        Assert.Equal((1, 0), (engine.Approximate, engine.Passes));

        await server.Generations.StartExperimentAsync(
            new() { Control = new() { Name = "old", Generation = 1 }, Treatment = new() { Name = "new", Generation = 2 }, Share = 0.5 });
        await Wait.UntilAsync("the experiment is served", async () => (await server.StatusAsync()).Experiment is not null);
        for (var user = 0; user < 10; user++)
            await server.RecommendAsync($"u{user}");

        Assert.Equal((1, 10), (engine.Approximate, engine.Passes));
    }

    [Fact]
    public async Task SimilarItems_WithAnIndex_AreExact()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(2000, 50, 16, seed: 1), "--Server:ApproximateFrom=1000");
        Assert.True((await BuiltAsync(server)).Used);
        var engine = server.Services.GetRequiredService<TopKEngine>();
        await server.Client.SimilarItemsAsync(new() { ItemId = "i1" });
        Assert.Equal((0, 1), (engine.Approximate, engine.Passes));
    }

    [Fact]
    public async Task Status_TooFewUsersToMeasureWith_SaysSo()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Random(2000, 3, 16, seed: 1), "--Server:ApproximateFrom=1000");
        var status = await BuiltAsync(server);
        Assert.False(status.Used);
        Assert.Equal("Redis has vectors of 3 users to measure an index with; 10 are needed.", status.Reason);
    }

    [Fact]
    public async Task Status_ByDefault_HasNothingOfAnIndex()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        Assert.Null((await server.StatusAsync()).ApproximateSearch);
    }

    private static Task<ApproximateSearch> BuiltAsync(TestServer server) =>
        Wait.UntilAsync("the index is built", async () => (await server.StatusAsync()).ApproximateSearch, s => !s.Reason.Contains("not built yet"));
}

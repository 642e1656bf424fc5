using System.Text.Json;
using Grpc.Core;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class GenerationsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task List_SomePublished_AreDescribedNewestFirst()
    {
        await using var server = await StartAsync(generations: 3);

        var answer = await server.Generations.ListGenerationsAsync(new());

        Assert.Equal([3L, 2, 1], answer.Generations.Select(g => g.Number));
        Assert.Equal((3L, false), (answer.Served, answer.Pinned));
        var newest = answer.Generations[0];
        Assert.Equal((4L, 3L, 2, "abc123", 0.09), (newest.Items, newest.Users, newest.Dimension, newest.Snapshot.Hash, newest.Metrics["recall@20"]));
    }

    [Fact]
    public async Task List_NothingYet_IsEmpty()
    {
        await using var server = await TestServer.StartAsync(redis);

        var answer = await server.Generations.ListGenerationsAsync(new());

        Assert.Equal((0L, false), (answer.Served, answer.Pinned));
        Assert.Empty(answer.Generations);
    }

    [Fact]
    public async Task List_OneExpiresAndOneIsDamaged_LeavesThemOut()
    {
        await using var server = await StartAsync(generations: 4);
        await redis.Database.KeyExpireAsync(server.Publisher.Keys.GenerationManifest(1), TimeSpan.FromMinutes(5));
        await redis.Database.StringSetAsync(server.Publisher.Keys.GenerationManifest(2), "damaged");

        Assert.Equal([4L, 3], (await server.Generations.ListGenerationsAsync(new())).Generations.Select(g => g.Number));
    }

    [Fact]
    public async Task RollBack_ThenUnpin_ServesTheOneBeforeThenTheNewest()
    {
        await using var server = await StartAsync(generations: 3);
        await server.ServesAsync(3);

        var answer = await server.Generations.RollBackAsync(new());
        await server.ServesAsync(2);
        var status = await server.StatusAsync();
        // Twice goes back twice; what is published meanwhile waits.
        await server.Generations.RollBackAsync(new());
        await server.ServesAsync(1);
        await server.Publisher.PublishAsync(4, TestModel.Compass());
        var none = await TestServer.FailsAsync(server.Generations.RollBackAsync(new()).ResponseAsync);
        Assert.Equal(1, (await server.StatusAsync()).Generation.Number);
        var unpinned = await server.Generations.UnpinGenerationAsync(new());
        await server.ServesAsync(4);

        Assert.Equal((2L, true), (answer.Served, answer.Pinned));
        Assert.True(status.Pinned);
        Assert.Equal(StatusCode.FailedPrecondition, none.StatusCode);
        Assert.Equal((4L, false), (unpinned.Served, unpinned.Pinned));
        await Wait.UntilAsync("the status says that none is pinned", async () => !(await server.StatusAsync()).Pinned);
    }

    [Fact]
    public async Task Pin_OneThatIsNotThereOrGoes_IsRefusedAndChangesNothing()
    {
        await using var server = await StartAsync(generations: 3);
        await server.Generations.PinGenerationAsync(new() { Number = 2 });
        await redis.Database.KeyExpireAsync(server.Publisher.Keys.GenerationManifest(1), TimeSpan.FromMinutes(5));

        var missing = await TestServer.FailsAsync(server.Generations.PinGenerationAsync(new() { Number = 9 }).ResponseAsync);
        var going = await TestServer.FailsAsync(server.Generations.PinGenerationAsync(new() { Number = 1 }).ResponseAsync);

        Assert.Equal((StatusCode.NotFound, StatusCode.FailedPrecondition), (missing.StatusCode, going.StatusCode));
        Assert.Equal((2L, true), (await server.Generations.ListGenerationsAsync(new()) is var answer ? (answer.Served, answer.Pinned) : default));
    }

    [Fact]
    public async Task RollBack_OverHttp_IsTheSame()
    {
        await using var server = await StartAsync(generations: 2);

        using var response = await server.Http.PostAsync("/v1/generations/rollback", null);
        var answer = JsonSerializer.Deserialize<JsonElement>(await server.Http.GetStringAsync("/v1/generations"));

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(("1", true), (answer.GetProperty("served").GetString(), answer.GetProperty("pinned").GetBoolean()));
        await server.ServesAsync(1);
    }

    private async Task<TestServer> StartAsync(int generations)
    {
        var server = await TestServer.StartAsync(redis, TestModel.Compass());
        for (var number = 2; number <= generations; number++)
            await server.Publisher.PublishAsync(number, TestModel.Compass());
        return server;
    }
}

using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Pipeline;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Server;

public class MemoryTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Server_GenerationThatIsTooLargeForItsMemory_RefusesItAndServesTheOldOne()
    {
        var prefix = $"test-{Guid.NewGuid():n}";
        var publisher = new Publisher(fixture.Server, new RedisKeys(prefix));
        await publisher.PublishAsync(1, TestModel.Compass());
        await using var server = new ServiceProcess("Server", new Dictionary<string, string?>
        {
            ["Redis__Configuration"] = fixture.Server.Configuration,
            ["Redis__KeyPrefix"] = prefix,
            ["Server__PollInterval"] = "00:00:00.020",
            // As a container's limit does: 64 MiB.
            ["DOTNET_GCHeapHardLimit"] = "4000000",
        });
        await server.StartAsync();
        var client = new Recommender.RecommenderClient(server.Channel);
        await Wait.UntilAsync("generation 1 is served", async () => (await client.GetStatusAsync(new())).Generation?.Number == 1, server.Process);

        // Vectors of 80 MB.
        await publisher.PublishAsync(2, TestModel.Random(items: 100_000, users: 1, dimension: 200, seed: 1));

        var status = await Wait.UntilAsync(
            "it is refused", async () => await client.GetStatusAsync(new()),
            status => status.Problem.StartsWith("Generation 2 is refused: its 100000 items of 200 numbers are too many for this process, which may take 64 MiB", StringComparison.Ordinal),
            server.Process);
        Assert.Equal(1, status.Generation.Number);
        Assert.NotEmpty((await client.RecommendAsync(new() { UserId = "east" })).Items);
    }
}

using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Catalogue;

public class GenerationFollowerTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Pointer_MovedForward_IsFollowed()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.PublishAsync(2, OnlyItem("two"));
        await server.ServesAsync(2);
        Assert.Equal("two", await TopAsync(server));
    }

    [Fact]
    public async Task Pointer_MovedBack_IsFollowed()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.PublishAsync(2, OnlyItem("two"));
        await server.ServesAsync(2);
        await server.Publisher.FlipAsync(1);
        await server.ServesAsync(1);
        Assert.Equal("a", await TopAsync(server));
    }

    [Fact]
    public async Task Generation_NotPointedTo_IsNotServed()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.WriteAsync(2, OnlyItem("two"));
        await server.Publisher.HideAsync("b");
        await Wait.UntilAsync("the next poll", async () => !(await server.RecommendAsync("east")).Items.Any(i => i.ItemId == "b"));
        Assert.Equal(1, (await server.StatusAsync()).Generation.Number);
    }

    [Fact]
    public async Task Generation_DamagedChunk_IsRefusedAndTheOldOneServed()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.WriteAsync(2, OnlyItem("two"));
        var key = server.Publisher.Keys.GenerationItems(2, 0);
        byte[] bytes = (await redis.Database.StringGetAsync(key))!;
        bytes[^1] ^= 1;
        await redis.Database.StringSetAsync(key, bytes);
        await RefusedAsync(server, "item chunk 0 of generation 2 is damaged");
    }

    [Fact]
    public async Task Generation_MissingChunk_IsRefusedAndTheOldOneServed()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.WriteAsync(2, OnlyItem("two"));
        await redis.Database.KeyDeleteAsync(server.Publisher.Keys.GenerationItems(2, 0));
        await RefusedAsync(server, "item chunk 0 of generation 2 is missing");
    }

    [Fact]
    public async Task Generation_MissingManifest_IsRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await RefusedAsync(server, "Generation 2 has no manifest");
    }

    [Fact]
    public async Task Generation_FirstOneWithoutManifest_IsReported()
    {
        await using var server = await TestServer.StartAsync(redis);
        await server.Publisher.FlipAsync(2);
        await server.ProblemAsync("Generation 2 has no manifest");
    }

    [Fact]
    public async Task Generation_UnknownVersion_IsRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await RewriteAsync(server, manifest => manifest.Version = 1);
        await RefusedAsync(server, "layout version 1");
    }

    [Fact]
    public async Task Generation_UnderAnotherNumber_IsRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await RewriteAsync(server, manifest => manifest.Number = 9);
        await RefusedAsync(server, "says that it is generation 9");
    }

    [Fact]
    public async Task Generation_WithoutOrigin_IsRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await RewriteAsync(server, manifest => manifest.Snapshot = null);
        await RefusedAsync(server, "does not say what it was trained on");
    }

    [Fact]
    public async Task Generation_NotFinite_IsRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.WriteAsync(2, TestModel.Of([("good", [1, 2]), ("bad", [1, float.NaN])]));
        await RefusedAsync(server, "the vector of item \"bad\" has numbers that are not finite");
    }

    [Fact]
    public async Task Generation_ItemTwice_IsRefused()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await server.Publisher.WriteAsync(2, TestModel.Of([("twin", [1, 2]), ("twin", [1, 2])]));
        await RefusedAsync(server, "item \"twin\" twice");
    }

    [Fact]
    public async Task Pointer_NotANumber_IsReported()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await redis.Database.StringSetAsync(server.Publisher.Keys.CurrentGeneration, "newest");
        Assert.Contains("rearm models train", await server.ProblemAsync("holds \"newest\""));
        Assert.Equal("a", await TopAsync(server));
    }

    [Fact]
    public async Task Generation_AfterARefusedOne_IsServedAndTheProblemIsGone()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await RefusedAsync(server, "Generation 2 has no manifest");
        await server.Publisher.PublishAsync(3, OnlyItem("three"));
        await server.ServesAsync(3);
        Assert.Equal("", (await server.StatusAsync()).Problem);
    }

    [Fact]
    public async Task Generation_RefusedThenRewritten_IsServed()
    {
        await using var server = await TestServer.StartAsync(redis, TestModel.Compass());
        await RefusedAsync(server, "Generation 2 has no manifest");
        await server.Publisher.WriteAsync(2, OnlyItem("two"));
        await server.ServesAsync(2);
    }

    [Fact]
    public async Task Answers_WhileThePointerMoves_NeverMixGenerations()
    {
        await using var server = await TestServer.StartAsync(redis, Marked(1));
        for (var number = 2; number <= 5; number++)
            await server.Publisher.WriteAsync(number, Marked(number));

        using var stop = new CancellationTokenSource();
        var seen = new HashSet<long>();
        var askers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var response = await server.RecommendAsync("u", 50);
                Assert.Equal(50, response.Items.Count);
                Assert.All(response.Items, i => Assert.StartsWith($"g{response.Generation.Number}-", i.ItemId));
                // Items and the user's vector are both the number's.
                Assert.All(response.Items, i => Assert.Equal(response.Generation.Number * response.Generation.Number, (long)i.Score));
                lock (seen)
                    seen.Add(response.Generation.Number);
            }
        })).ToArray();
        foreach (var number in new long[] { 2, 3, 2, 4, 1, 5 })
        {
            await server.Publisher.FlipAsync(number);
            await server.ServesAsync(number);
            await Wait.UntilAsync($"there is an answer from generation {number}", () => { lock (seen) return Task.FromResult(seen.Contains(number)); });
        }
        await stop.CancelAsync();
        await Task.WhenAll(askers);
    }

    private static Contracts.Generations.ModelGeneration OnlyItem(string id) => TestModel.Of([(id, [1, 0])], ("east", [1, 0]));

    private static Contracts.Generations.ModelGeneration Marked(int number) =>
        TestModel.Of([.. Enumerable.Range(0, 200).Select(i => ($"g{number}-{i}", new float[] { number }))], ("u", [number]));

    private static async Task<string> TopAsync(TestServer server) => (await server.RecommendAsync("east", 1)).Items[0].ItemId;

    private async Task RewriteAsync(TestServer server, Action<GenerationManifest> change)
    {
        var manifest = await server.Publisher.WriteAsync(2, OnlyItem("two"));
        change(manifest);
        await redis.Database.StringSetAsync(server.Publisher.Keys.GenerationManifest(2), manifest.ToByteArray());
    }

    private static async Task RefusedAsync(TestServer server, string problem)
    {
        await server.Publisher.FlipAsync(2);
        await server.ProblemAsync(problem);
        Assert.Equal(1, (await server.StatusAsync()).Generation.Number);
        Assert.Equal("a", await TopAsync(server));
    }
}

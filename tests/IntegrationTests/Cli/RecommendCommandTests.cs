using System.CommandLine;
using Rearm.Streaming.Cli;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Cli;

public sealed class RecommendCommandTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Recommend_Explained_SaysWhy()
    {
        await using var server = await TestServer.StartAsync(redis.Server, TestModel.Compass() with { Graphs = TestModel.Graphs });
        await server.Publisher.TouchBeforeTrainingAsync("east", "a");

        var output = await RunAsync("recommend", "east", "--explain", "--server", server.Endpoints.Grpc.ToString());

        Assert.Contains("7 users touched it and a", output);
        Assert.Contains("Made for this user.", output);
    }

    [Fact]
    public async Task Recommend_All_WritesEveryUser()
    {
        await using var server = await TestServer.StartAsync(redis.Server, TestModel.Compass());
        using var folder = new TemporaryFolder();
        var file = folder.File("all.ndjson");

        var output = await RunAsync("recommend", "--all", file, "--k", "2", "--server", server.Endpoints.Grpc.ToString());

        Assert.Contains($"{file}: 3 users", output);
        Assert.Equal(3, (await File.ReadAllLinesAsync(file)).Length);
    }

    [Fact]
    public async Task Recommend_Attribute_ComesWithEachItem()
    {
        await using var server = await TestServer.StartAsync(redis.Server, TestModel.Compass());
        await server.Publisher.CatalogueAsync(TestModel.Titles("a"));
        using var folder = new TemporaryFolder();
        var file = folder.File("all.ndjson");
        string[] flags = ["--attribute", "title", "--server", server.Endpoints.Grpc.ToString()];

        var one = await RunAsync(["recommend", "east", .. flags]);
        await RunAsync(["recommend", "--all", file, .. flags]);

        Assert.Matches(@"item +title +score", one);
        Assert.Matches(@"\d +a +The a +\d", one);
        Assert.Contains("{\"title\":\"The a\"}", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Recommend_SeenType_ShowsWhatWasOnlyClicked()
    {
        await using var server = await TestServer.StartAsync(redis.Server, TestModel.Compass());
        using var folder = new TemporaryFolder();
        var file = folder.File("all.ndjson");
        string[] types = ["--seen-type", "purchase", "--server", server.Endpoints.Grpc.ToString()];
        // The first type of all is a click, the second a purchase.
        await server.Publisher.TouchAsync("east", new("a", TestModel.EventTime.ToUnixTimeMilliseconds(), false, 0b01, 1));
        await server.Publisher.TouchAsync("east", new("c", TestModel.EventTime.ToUnixTimeMilliseconds(), false, 0b10, 2));

        var one = await RunAsync(["recommend", "east", .. types]);
        await RunAsync(["recommend", "--all", file, .. types]);

        Assert.Matches(@"\d +a ", one);
        Assert.DoesNotMatch(@"\d +c ", one);
        var everyone = (await File.ReadAllLinesAsync(file)).Single(line => line.Contains("\"east\""));
        Assert.Contains("\"a\"", everyone);
        Assert.DoesNotContain("\"c\"", everyone);
    }

    private static async Task<string> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await RearmCommandLine.RunAsync(args, new InvocationConfiguration { Output = output, Error = error });
        Assert.True(code == 0, error.ToString());
        return output.ToString();
    }
}

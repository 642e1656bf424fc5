using System.CommandLine;
using Rearm.Streaming.Cli;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Sequences;

namespace Rearm.Streaming.IntegrationTests.Cli;

public sealed class ModelsCommandTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Models_AllCommands_DoWhatTheySay()
    {
        await using var server = await TestServer.StartAsync(redis.Server, TestModel.Compass() with { Settings = new Dictionary<string, string> { ["model"] = "rearm" } });
        await server.Publisher.PublishAsync(2, TestModel.Compass() with
        {
            Settings = new Dictionary<string, string> { ["model"] = "ials" },
            Metrics = new Dictionary<string, double>(),
            UserEncoder = RandomEncoder.Of(width: 2, length: 3),
        });

        var list = await RunAsync(server, "list");
        Assert.Matches(@"served +2 .*ials .*not measured", list.Output);
        Assert.Matches(@" 1 .*rearm .*0\.09", list.Output);
        Assert.Contains("Generation 2, the newest, is served.", list.Output);
        Assert.Matches("snapshot +7, hash abc123", (await RunAsync(server, "show", "1")).Output);
        var diff = (await RunAsync(server, "diff", "1", "2")).Output;
        Assert.Matches("setting model +rearm +ials", diff);
        Assert.Matches("users' vectors +learned +made of the newest 3 items touched", diff);
        Assert.DoesNotContain("dimension", diff);
        Assert.Contains("Generation 1 is pinned", (await RunAsync(server, "rollback")).Output);
        await server.ServesAsync(1);
        Assert.Contains("Generation 2 is pinned", (await RunAsync(server, "pin", "2")).Output);
        Assert.Contains("Generation 2, the newest, is served.", (await RunAsync(server, "unpin")).Output);

        var (code, _, error) = await RunAsync(server, "show", "9");
        Assert.Equal(1, code);
        Assert.Contains("There is no generation 9; kept are 2, 1.", error);
    }

    [Fact]
    public async Task Export_OfAGeneration_IsOfItsRunOrRefused()
    {
        using var folder = new TemporaryFolder();
        var (checkpoint, exported) = (folder.File("model.ckpt"), folder.File("exported.ckpt"));
        ModelFile.Write(checkpoint, new(["u"], ["i"], [new("p", [1], [1f])]) { Description = new("bpr", new Dictionary<string, string>(), "run 1", "") });
        await using var server = await TestServer.StartAsync(redis.Server, Of("run 1"));
        await server.Publisher.PublishAsync(2, Of("run 2"));

        var (code, output, _) = await RunAsync(server, "export", exported, "--run", checkpoint, "--generation", "1");
        var (refused, _, error) = await RunAsync(server, "export", exported, "--run", checkpoint, "--generation", "2");

        Assert.Equal(0, code);
        Assert.Contains("The model bpr of the run run 1: 1 parameters, 1 numbers; 1 items by id, no users' ids.", output);
        Assert.Equal([1f], ModelFile.Read(exported).Checkpoint.Parameters.Single().Values);
        Assert.Equal(1, refused);
        Assert.Contains("Generation 2 is of the run run 2, but", error);

        static ModelGeneration Of(string run) => TestModel.Compass() with { Settings = new Dictionary<string, string> { ["run"] = run } };
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(TestServer server, params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await RearmCommandLine.RunAsync(["models", .. args, "--server", server.Endpoints.Grpc.ToString()], new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}

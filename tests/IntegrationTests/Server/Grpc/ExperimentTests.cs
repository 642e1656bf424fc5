using Grpc.Core;
using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Grpc;

public class ExperimentTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const int Users = 40;

    private readonly RedisServer redis = fixture.Server;

    [Fact]
    public async Task Recommend_WhileAnExperimentRuns_AnswersEachUserFromTheArm()
    {
        await using var server = await StartAsync();
        var report = await server.Generations.StartExperimentAsync(Request(share: 0.5));
        await FollowsAsync(server);
        var split = new ExperimentSplit(report.Experiment);

        var (old, @new) = (0, 0);
        foreach (var user in Enumerable.Range(0, Users).Select(u => $"u{u}"))
        {
            var answer = await server.RecommendAsync(user, k: 1);
            // Both arms' users get their own vectors: each generation has its own favourite.
            Assert.Equal(
                split.IsTreated(user) ? ("new", 2L, "right", Source.Personal) : ("old", 1L, "left", Source.Personal),
                (answer.Arm, answer.Generation.Number, answer.Items[0].ItemId, answer.Source));
            Assert.Equal(report.Experiment.Id, answer.Experiment);
            _ = split.IsTreated(user) ? @new++ : old++;
        }
        Assert.True(old > 5 && @new > 5, $"{old} and {@new}");
        // Who is not known is in the control, and so are lists for nobody in particular.
        var session = await server.Client.RecommendSessionAsync(new() { ItemIds = { "left" } });
        Assert.Equal(("old", 1L), (session.Arm, session.Generation.Number));
        var status = await server.StatusAsync();
        Assert.Equal(("old", "new"), (status.Experiment.Control, status.Experiment.Treatment));
        Assert.Equal((1L, 2L), (status.Generation.Number, status.Experiment.TreatmentGeneration.Number));
    }

    [Fact]
    public async Task RecommendBatchAndAll_WhileAnExperimentRuns_UseTheArmOfEachUser()
    {
        await using var server = await StartAsync();
        var split = new ExperimentSplit((await server.Generations.StartExperimentAsync(Request(share: 0.5))).Experiment);
        await FollowsAsync(server);

        var requests = Enumerable.Range(0, Users).Select(u => new RecommendRequest { UserId = $"u{u}", Explain = true });
        var batch = await server.Client.RecommendBatchAsync(new() { Requests = { requests } });
        Assert.All(batch.Answers.Index(), a => Assert.Equal(split.IsTreated($"u{a.Index}") ? "new" : "old", a.Item.Response.Arm));
        using var all = server.Client.RecommendAll(new());
        var seen = new HashSet<string>();
        await foreach (var one in all.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(split.IsTreated(one.UserId) ? "new" : "old", one.Response.Arm);
            seen.Add(one.UserId);
        }
        // Also a user of whom only the treatment's generation knows.
        Assert.Equal(Users + 1, seen.Count);
    }

    [Fact]
    public async Task Pages_WhileAnExperimentRuns_StayWithTheArmsGeneration()
    {
        await using var server = await StartAsync();
        var split = new ExperimentSplit((await server.Generations.StartExperimentAsync(Request(share: 0.5))).Experiment);
        await FollowsAsync(server);
        var treated = Enumerable.Range(0, Users).Select(u => $"u{u}").First(split.IsTreated);
        var request = new RecommendRequest { UserId = treated, K = 1 };

        var first = await server.Client.RecommendAsync(request);
        request.PageToken = first.NextPageToken;
        var second = await server.Client.RecommendAsync(request);
        Assert.Equal((2L, 2L), (first.Generation.Number, second.Generation.Number));
        Assert.NotEqual(first.Items[0].ItemId, second.Items[0].ItemId);

        // Without the experiment that user gets another generation.
        await server.Generations.StopExperimentAsync(new() { Pin = "old" });
        await Wait.UntilAsync("everybody gets generation 1", async () => (await server.RecommendAsync(treated)).Generation.Number == 1);
        Assert.Equal(StatusCode.FailedPrecondition, (await TestServer.FailsAsync(server.Client.RecommendAsync(request).ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Start_AnArmThatIsNotThereOrBreaksARule_IsRefusedAndNothingRuns()
    {
        await using var server = await StartAsync();
        var missing = Request(share: 0.5);
        missing.Treatment.Generation = 9;
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(server, missing));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(server, Request(share: 1)));
        await redis.Database.KeyExpireAsync(server.Publisher.Keys.GenerationManifest(1), TimeSpan.FromMinutes(5));
        Assert.Equal(StatusCode.FailedPrecondition, await RefusedAsync(server, Request(share: 0.5)));
        Assert.Equal(StatusCode.FailedPrecondition, (await TestServer.FailsAsync(server.Generations.StopExperimentAsync(new()).ResponseAsync)).StatusCode);

        Assert.False((await server.Generations.GetExperimentAsync(new())).Running);
        Assert.Null((await server.Generations.ListGenerationsAsync(new())).Experiment);
    }

    [Fact]
    public async Task Start_AnotherOneRuns_IsRefused()
    {
        await using var server = await StartAsync();
        await server.Generations.StartExperimentAsync(Request(share: 0.5));

        Assert.Equal(StatusCode.FailedPrecondition, await RefusedAsync(server, Request(share: 0.1)));
        var report = await server.Generations.GetExperimentAsync(new());
        Assert.Equal((true, 0.5), (report.Running, report.Experiment.Share));
        Assert.Contains("Server:Impressions is off", report.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2, "new")]
    [InlineData(2, 1, "old")]
    public async Task Serve_OneArmIsDamaged_GivesEverybodyTheOtherAndSaysSo(int damaged, int served, string other)
    {
        await using var first = await StartAsync();
        await redis.Database.StringSetAsync(first.Publisher.Keys.GenerationItems(damaged, 0), "damaged");
        await first.Generations.StartExperimentAsync(Request(share: 0.5));
        // A Server that has not loaded either before.
        await using var server = await TestServer.StartAsync(redis, null, $"--Redis:KeyPrefix={first.Publisher.Keys.Prefix}");

        var status = await Wait.UntilAsync("a generation is served", server.StatusAsync, s => s.Generation is not null);

        Assert.Equal(served, status.Generation.Number);
        Assert.Contains($"everybody gets {other}", status.Problem, StringComparison.Ordinal);
        Assert.Null(status.Experiment);
        foreach (var user in Enumerable.Range(0, Users).Select(u => $"u{u}"))
            Assert.Equal((served, ""), (await server.RecommendAsync(user)) is var answer ? ((int)answer.Generation.Number, answer.Arm) : default);
    }

    [Fact]
    public async Task Get_WhatIsInRedisCannotBeRead_SaysSoAndStopRemovesIt()
    {
        await using var server = await StartAsync();
        await redis.Database.StringSetAsync(server.Publisher.Keys.Experiment, "damaged");

        Assert.Contains("experiment stop removes it", (await server.Generations.GetExperimentAsync(new())).Problem, StringComparison.Ordinal);
        Assert.Equal(("", 2L), (await server.RecommendAsync("u0")) is var answer ? (answer.Arm, answer.Generation.Number) : default);
        await server.Generations.StopExperimentAsync(new());

        Assert.Equal("", (await server.Generations.GetExperimentAsync(new())).Problem);
        Assert.True((await server.Generations.StartExperimentAsync(Request(share: 0.5))).Running);
    }

    [Fact]
    public async Task RollBack_WhileAnExperimentRuns_EndsItAndServesTheOneBeforeTheControl()
    {
        await using var server = await StartAsync();
        await server.Publisher.PublishAsync(3, Lopsided("right"));
        var request = Request(share: 0.5);
        (request.Control.Generation, request.Treatment.Generation) = (2, 3);
        await server.Generations.StartExperimentAsync(request);

        var answer = await server.Generations.RollBackAsync(new());

        Assert.Equal((1L, true), (answer.Served, answer.Pinned));
        Assert.Null(answer.Experiment);
        var report = await server.Generations.GetExperimentAsync(new());
        Assert.Equal((false, "Generation 1 was pinned."), (report.Running, report.Experiment.EndedBecause));
        await server.ServesAsync(1);
    }

    private async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync(redis, Lopsided("left"));
        await server.Publisher.PublishAsync(2, Lopsided("right", further: "newcomer"));
        await server.ServesAsync(2);
        return server;
    }

    private static async Task<StatusCode> RefusedAsync(TestServer server, StartExperimentRequest request) =>
        (await TestServer.FailsAsync(server.Generations.StartExperimentAsync(request).ResponseAsync)).StatusCode;

    private static Task FollowsAsync(TestServer server) =>
        Wait.UntilAsync("the experiment is served", async () => (await server.StatusAsync()).Experiment is not null);

    private static StartExperimentRequest Request(double share) => new()
    {
        Control = new() { Name = "old", Generation = 1 },
        Treatment = new() { Name = "new", Generation = 2 },
        Share = share,
    };

    /// <summary>Everybody likes one of two items best.</summary>
    private static ModelGeneration Lopsided(string favourite, string? further = null) => TestModel.Of(
        [("left", favourite == "left" ? [1, 0] : [0.5f, 0]), ("right", favourite == "right" ? [1, 0] : [0.5f, 0])],
        [.. Enumerable.Range(0, Users).Select(u => $"u{u}").Concat(further is null ? [] : [further]).Select(user => (user, new float[] { 1, 0 }))]);
}

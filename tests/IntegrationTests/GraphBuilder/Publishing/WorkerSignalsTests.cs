using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder.Publishing;

public sealed class WorkerSignalsTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisConnection _redis = fixture.Server.Connect();

    public void Dispose() => _redis.Dispose();

    [Fact]
    public async Task Unanswered_UntilARequestIsAnswered_IsTheNewestOne()
    {
        var signals = new WorkerSignals(_redis, TimeProvider.System);
        Assert.Null(await signals.UnansweredAsync(default));
        await signals.AskForSnapshotAsync(default);
        var number = await signals.AskForSnapshotAsync(default);
        Assert.Equal(number, await signals.UnansweredAsync(default));
        await signals.AnswerAsync(new SnapshotAnswer { Request = number, Problem = "none" }, default);
        Assert.Null(await signals.UnansweredAsync(default));
        Assert.Equal("none", (await signals.AnswerAsync(default))!.Problem);
    }

    [Fact]
    public async Task Unanswered_TheAnswerIsDamaged_IsAskedAgain()
    {
        var signals = new WorkerSignals(_redis, TimeProvider.System);
        var number = await signals.AskForSnapshotAsync(default);
        await _redis.Database.StringSetAsync(_redis.Keys.SnapshotAnswer, "damaged");
        Assert.Equal(number, await signals.UnansweredAsync(default));
        Assert.Null(await signals.AnswerAsync(default));
        await signals.AnswerAsync(new SnapshotAnswer { Request = number }, default);
        Assert.Null(await signals.UnansweredAsync(default));
    }
}

using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Publishing;

public class SnapshotScheduleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Job _job = new();
    private readonly SnapshotRequests _requests = new();
    private readonly GraphBuilderOptions _options = new() { SnapshotEveryInteractions = 10, SnapshotInterval = TimeSpan.FromMinutes(5) };
    private readonly GraphState _state = GraphStates.Empty();
    private readonly SnapshotSchedule _schedule;
    private long _interactions;

    public SnapshotScheduleTests() =>
        _schedule = new(_job, _requests, _time, Options.Create(_options), NullLogger<SnapshotSchedule>.Instance);

    [Fact]
    public void Tick_ABacklogIsBeingRead_PublishesOnceAtItsEnd()
    {
        for (var lag = 1_000_000; lag >= 0; lag -= 1000)
        {
            Read(1000);
            Tick(lag);
            _time.Advance(TimeSpan.FromMilliseconds(20));
        }
        Assert.Equal(1, _job.Started);
    }

    [Fact]
    public async Task Tick_EventsComeFast_LeavesTheMinimumIntervalBetween()
    {
        for (var second = 0; second < 120; second++)
        {
            Read(1000);
            Tick(0);
            await EndAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(4, _job.Started);
    }

    [Fact]
    public async Task Tick_CuttingTakesLong_RestsAsLong()
    {
        Read(20);
        Tick(0);
        _time.Advance(TimeSpan.FromMinutes(3));
        await EndAsync();
        Read(20);
        _time.Advance(TimeSpan.FromSeconds(179));
        Tick(0);
        Assert.Equal(1, _job.Started);
        _time.Advance(TimeSpan.FromSeconds(2));
        Tick(0);
        Assert.Equal(2, _job.Started);
    }

    [Fact]
    public async Task Tick_BehindForTooLong_PublishesAllTheSame()
    {
        Read(20);
        Tick(0);
        await EndAsync();
        Read(20);
        _time.Advance(TimeSpan.FromMinutes(59));
        Tick(20_000);
        Assert.Equal(1, _job.Started);
        _time.Advance(TimeSpan.FromMinutes(2));
        Tick(20_000);
        Assert.Equal(2, _job.Started);
    }

    [Fact]
    public void Tick_NothingToPublish_RetiresEveryTwentyMinutes()
    {
        for (var minute = 0; minute < 60; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            Tick(0);
        }
        Assert.Equal((0, 3), (_job.Started, _job.Retired));
    }

    [Fact]
    public async Task Tick_SomebodyAsksWhileOneIsBeingPublished_GetsTheNextOne()
    {
        Read(20);
        Tick(0);
        var caller = _requests.RequestAsync(default);
        Read(1);
        Tick(1_000_000);
        Assert.Equal(1, _job.Started);
        await EndAsync();
        Tick(1_000_000);
        Assert.Equal(2, _job.Started);
        await EndAsync();
        Assert.Equal(2, (await caller.WaitAsync(Wait.Patience)).Number);
    }

    [Fact]
    public async Task Tick_NothingRead_TellsWhoAsksSo()
    {
        var caller = _requests.RequestAsync(default);
        Tick(0);
        await Assert.ThrowsAsync<PreconditionException>(() => caller.WaitAsync(Wait.Patience));
    }

    [Fact]
    public async Task Tick_TheWorkerIsStuck_WhoAskedIsAnsweredAllTheSame()
    {
        Read(20);
        var caller = _requests.RequestAsync(default);
        Tick(0);
        _job.Work.SetException(new TimeoutException("Redis does not answer."));
        // No further tick.
        Assert.Equal("Redis does not answer.", (await Assert.ThrowsAsync<TimeoutException>(() => caller.WaitAsync(Wait.Patience))).Message);
    }

    [Fact]
    public async Task Tick_TheJobIsRefused_TellsWhoAskedAndPausesFiveMinutes()
    {
        Read(20);
        var caller = _requests.RequestAsync(default);
        Tick(0);
        await FailAsync(new ContractException("too large"));
        Assert.Equal("too large", (await Assert.ThrowsAsync<ContractException>(() => caller.WaitAsync(Wait.Patience))).Message);
        _time.Advance(TimeSpan.FromMinutes(4));
        Tick(0);
        Assert.Equal(1, _job.Started);
        _time.Advance(TimeSpan.FromMinutes(2));
        Tick(0);
        Assert.Equal(2, _job.Started);
    }

    [Fact]
    public void Tick_TheJobFailsForGood_Fails()
    {
        Read(20);
        Tick(0);
        _job.Work.SetException(new InvalidCastException("a mistake"));
        Assert.IsType<InvalidCastException>(Assert.Throws<InvalidOperationException>(() => Tick(0)).InnerException);
    }

    [Fact]
    public async Task Tick_OnlyTheOthersHaveNews_PublishesThose()
    {
        Tick(0, new([1, 2], Progress: 20, Lag: 0));
        Assert.Equal([1, 2], _job.Input!.Others);
        await EndAsync();
        _time.Advance(TimeSpan.FromHours(1));
        Tick(0, new([1, 2], Progress: 20, Lag: 0));
        Assert.Equal(1, _job.Started);
        Tick(0, new([1, 2], Progress: 21, Lag: 0));
        Assert.Equal(2, _job.Started);
        Assert.False(_job.Input.Asked);
    }

    [Fact]
    public async Task Tick_PartitionsChangeHands_CountsOnlyWhatIsNew()
    {
        _options.SnapshotInterval = TimeSpan.Zero;
        var theirs = new OtherPartitions([1], Progress: 1_000_000, Lag: 0);
        Tick(0, theirs);
        _job.Work.SetResult(new() { Number = 1 });
        Tick(0, theirs);
        _time.Advance(TimeSpan.FromHours(1));

        // They come to this process, ...
        Tick(0);
        Assert.Equal(1, _job.Started);
        Read(20);
        Tick(0);
        Assert.Equal(2, _job.Started);
        await EndAsync();
        _time.Advance(TimeSpan.FromHours(1));

        // ... and go again.
        Tick(0, theirs with { Progress = 1_000_020 });
        Assert.Equal(2, _job.Started);
        Tick(0, theirs with { Progress = 1_000_040 });
        Assert.Equal(3, _job.Started);
    }

    [Fact]
    public async Task Forget_WhileOneIsBeingPublished_PublishesAgain()
    {
        Read(20);
        Tick(0);
        _schedule.Forget();
        await EndAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        Tick(0);
        Assert.Equal(2, _job.Started);
        Assert.False(_job.Input!.Unchanged);
    }

    [Fact]
    public async Task Tick_TheOthersReadABacklog_WaitsForThem()
    {
        await _schedule.ResumeAsync(default);
        Tick(0, new([1], Progress: 20, Lag: 1_000_000));
        Assert.Equal(0, _job.Started);
        Tick(0, new([1], Progress: 1_000_020, Lag: 0));
        Assert.Equal(1, _job.Started);
    }

    [Fact]
    public void Tick_SomebodyAsks_HasTheOthersAskedToo()
    {
        _ = _requests.RequestAsync(default);
        Tick(0, new([1], Progress: 0, Lag: 0));
        Assert.True(_job.Input!.Asked);
        Assert.False(_job.Input.Unchanged);
    }

    private void Read(int interactions)
    {
        for (var n = 0; n < interactions; n++)
            _state.Shard(0).Touch("u", $"i{_interactions++ % 50}", PairKind.Positive, 1, _interactions);
    }

    private bool Tick(long lag, OtherPartitions? others = null) => _schedule.Tick(_state, others ?? OtherPartitions.None, _interactions, new Dictionary<TopicPartition, long>(), lag, default);

    private async Task EndAsync()
    {
        _job.Work.TrySetResult(new() { Number = _job.Started });
        await _job.Work.Task;
        Tick(long.MaxValue);
    }

    private async Task FailAsync(Exception error)
    {
        _job.Work.SetException(error);
        await Assert.ThrowsAsync(error.GetType(), () => _job.Work.Task);
        Tick(long.MaxValue);
    }

    private sealed class Job : ISnapshotJob
    {
        public int Started { get; private set; }

        public TaskCompletionSource<SnapshotInfo> Work { get; private set; } = new();

        public SnapshotInfo? Newest => null;

        public int Retired { get; private set; }

        public Task ResumeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task RetireAsync(CancellationToken cancellationToken)
        {
            Retired++;
            return Task.CompletedTask;
        }

        public SnapshotInput? Input { get; private set; }

        public Task<SnapshotInfo> RunAsync(SnapshotInput input, CancellationToken cancellationToken)
        {
            Input = input;
            Started++;
            Work = new();
            return Work.Task;
        }
    }
}

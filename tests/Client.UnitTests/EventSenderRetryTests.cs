using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;
using Result = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Client.UnitTests;

/// <summary>What the sender does where an Ingestor refuses, fails or goes away.</summary>
public sealed class EventSenderRetryTests
{
    private static readonly EventSenderOptions Small = new() { BatchSize = 10, BatchesInFlight = 4, RetryFor = TimeSpan.FromSeconds(60) };
    private static readonly EventSenderOptions Impatient = Small with { RetryFor = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task SendAsync_ConnectionBreaksRepeatedly_LosesNothing()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.OnRequest = (number, context) =>
        {
            if (number % 7 == 0)
                context.GetHttpContext().Abort();
            return Task.CompletedTask;
        };
        using var sender = new EventSender(ingestor.Address, Small);

        var summary = await sender.SendAsync(TestEvents.Interactions(300));

        Assert.Equal(300, summary.Accepted);
        Assert.True(summary.Retried > 0);
        Assert.Equal(Ids(300), ingestor.Accepted.Distinct());
    }

    [Fact]
    public async Task SendAsync_IngestorKilledAndRestarted_LosesNothing()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ingestor.OnRequest = (number, _) =>
        {
            if (number == 5)
                dead.TrySetResult();
            return number < 5 || ingestor.Calls > 1 ? Task.CompletedTask : Task.Delay(Timeout.Infinite);
        };
        using var sender = new EventSender(ingestor.Address, Small);

        var sending = sender.SendAsync(TestEvents.Interactions(200));
        await dead.Task;
        await ingestor.DieAsync();
        await ingestor.ComeBackAsync();
        var summary = await sending;

        Assert.Equal(200, summary.Accepted);
        Assert.True(summary.Retried >= 10);
        Assert.Equal(Ids(200), ingestor.Accepted.Distinct());
    }

    [Fact]
    public async Task SendAsync_UnavailableAtFirst_Retries()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.OnRequest = (number, _) => number <= 3 ? throw new RpcException(new Status(StatusCode.Unavailable, "no broker")) : Task.CompletedTask;
        using var sender = new EventSender(ingestor.Address, Small);

        Assert.Equal(25, (await sender.SendAsync(TestEvents.Interactions(25))).Accepted);
        Assert.Equal(Ids(25), ingestor.Accepted);
    }

    [Fact]
    public async Task SendAsync_SomeFailed_RetriesOnlyThose()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.Judge = (number, id) => number == 1 && id is "e3" or "e7" && ingestor.Taken.Count == 1 ? Result.Failed : Result.Accepted;
        using var sender = new EventSender(ingestor.Address, Small);

        var summary = await sender.SendAsync(TestEvents.Interactions(20));

        Assert.Equal((20, 2), (summary.Accepted, summary.Retried));
        Assert.Equal(20, ingestor.Accepted.Count);
        // Before the second batch or after it: that depends on how soon the first one is answered.
        Assert.Contains(ingestor.Taken, request => request.Events.Select(e => e.Interaction.EventId).SequenceEqual(["e3", "e7"]));
    }

    [Fact]
    public async Task SendAsync_FailedLongBeforeTheNextIsDue_IsSentAgainAtOnce()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.Judge = (number, _) => number == 1 ? Result.Failed : Result.Accepted;
        using var sender = new EventSender(ingestor.Address, Small);
        using var stop = new CancellationTokenSource();
        var retried = new Accepted(1);

        // One an hour.
        var sending = sender.SendAsync(TestEvents.Interactions(2), 1.0 / 3600, retried, stop.Token);
        await Task.WhenAny(retried.Reached, sending).WaitAsync(Wait.Patience);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(["e0", "e0"], ingestor.Taken.SelectMany(r => r.Events).Select(e => e.Interaction.EventId));
    }

    [Fact]
    public async Task SendAsync_FailedWhileTheSourceBlocks_IsSentAgainAtOnce()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.Judge = (number, _) => number == 1 ? Result.Failed : Result.Accepted;
        using var sender = new EventSender(ingestor.Address, Small);
        using var source = new BlockingCollection<Event>();
        var retried = new Accepted(10);
        // The eleventh says that the first request is full.
        foreach (var @event in TestEvents.Interactions(11))
            source.Add(@event);

        var sending = Task.Run(() => sender.SendAsync(source.GetConsumingEnumerable(), progress: retried));
        await retried.Reached.WaitAsync(Wait.Patience);
        source.CompleteAdding();

        var summary = await sending;
        Assert.Equal((11, 10), (summary.Accepted, summary.Retried));
        Assert.Equal(Ids(11), ingestor.Accepted);
    }

    [Fact]
    public async Task SendAsync_CallBreaksWhileTheSourceBlocks_GoesOnAtOnce()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.OnRequest = (number, context) =>
        {
            if (number == 1)
                context.GetHttpContext().Abort();
            return Task.CompletedTask;
        };
        using var sender = new EventSender(ingestor.Address, Small);
        using var source = new BlockingCollection<Event>();
        var retried = new Accepted(10);
        foreach (var @event in TestEvents.Interactions(11))
            source.Add(@event);

        var sending = Task.Run(() => sender.SendAsync(source.GetConsumingEnumerable(), progress: retried));
        await retried.Reached.WaitAsync(Wait.Patience);
        source.CompleteAdding();

        Assert.Equal(11, (await sending).Accepted);
        Assert.Equal(Ids(11), ingestor.Accepted.Distinct());
    }

    [Fact]
    public async Task SendAsync_NoIngestor_GivesUpAndNamesTheAddress()
    {
        using var sender = new EventSender(new Uri("http://127.0.0.1:1"), Impatient);

        var error = await Assert.ThrowsAsync<IngestorUnavailableException>(() => sender.SendAsync(TestEvents.Interactions(5)));

        Assert.Contains("http://127.0.0.1:1", error.Message);
    }

    [Fact]
    public async Task SendAsync_NeverAnswered_GivesUp()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.OnRequest = (_, context) => Task.Delay(Timeout.Infinite, context.CancellationToken);
        using var sender = new EventSender(ingestor.Address, Impatient);

        await Assert.ThrowsAsync<IngestorUnavailableException>(() => sender.SendAsync(TestEvents.Interactions(5)));
    }

    [Fact]
    public async Task SendAsync_AllKeepFailing_GivesUp()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.Judge = (_, _) => Result.Failed;
        using var sender = new EventSender(ingestor.Address, Impatient);

        await Assert.ThrowsAsync<IngestorUnavailableException>(() => sender.SendAsync(TestEvents.Interactions(5)));
    }

    [Fact]
    public async Task SendAsync_CallRefused_DoesNotRetry()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.OnRequest = (_, _) => throw new RpcException(new Status(StatusCode.InvalidArgument, "no"));
        using var sender = new EventSender(ingestor.Address, Small);

        var error = await Assert.ThrowsAsync<RpcException>(() => sender.SendAsync(TestEvents.Interactions(5)));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(1, ingestor.Calls);
    }

    [Fact]
    public async Task SendAsync_AskedToWait_SendsAgainNoSooner()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        var refused = 0L;
        ingestor.OnRequest = (number, _) =>
        {
            if (number > 1)
                return Task.CompletedTask;
            refused = Stopwatch.GetTimestamp();
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many"), new Metadata { { "grpc-retry-pushback-ms", "11000" } });
        };
        // Less patient than the Ingestor asks for, but waiting as it says is no stall.
        using var sender = new EventSender(ingestor.Address, Small with { RetryFor = TimeSpan.FromSeconds(10) });

        var summary = await sender.SendAsync(TestEvents.Interactions(10));

        Assert.Equal(10, summary.Accepted);
        Assert.True(Stopwatch.GetElapsedTime(refused) >= TimeSpan.FromMilliseconds(10_990));
    }

    [Fact]
    public async Task SendAsync_ExhaustedWithoutAHint_DoesNotRetry()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.OnRequest = (_, _) => throw new RpcException(new Status(StatusCode.ResourceExhausted, "the message is too large"));
        using var sender = new EventSender(ingestor.Address, Small);

        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => sender.SendAsync(TestEvents.Interactions(5)))).StatusCode);
        Assert.Equal(1, ingestor.Calls);
    }

    private static IEnumerable<string> Ids(int count) => Enumerable.Range(0, count).Select(i => $"e{i}");

    /// <summary>Tells when so many events are accepted.</summary>
    private sealed class Accepted(int count) : IProgress<SendProgress>
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Report(SendProgress value)
        {
            if (value.Accepted >= count)
                _reached.TrySetResult();
        }
    }
}

using Grpc.Core;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;
using Result = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Client.UnitTests;

public sealed class EventSenderTests
{
    private static readonly EventSenderOptions Small = new() { BatchSize = 10, BatchesInFlight = 4, RetryFor = TimeSpan.FromSeconds(60) };

    [Fact]
    public async Task SendAsync_HealthyIngestor_SendsEachOnceInOrder()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        using var sender = new EventSender(ingestor.Address, Small);
        var progress = new Recorder();

        var summary = await sender.SendAsync(TestEvents.Interactions(95), progress: progress);

        Assert.Equal((95, 95, 0, 0), (summary.Sent, summary.Accepted, summary.Rejected, summary.Retried));
        Assert.Equal(Ids(95), ingestor.Accepted);
        Assert.Equal(1, ingestor.Calls);
        Assert.Equal(95, progress.Last.Done);
    }

    [Fact]
    public async Task SendAsync_NoEvents_SendsNothing()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        using var sender = new EventSender(ingestor.Address, Small);

        Assert.Equal(0, (await sender.SendAsync([])).Sent);
    }

    [Fact]
    public async Task SendAsync_SomeRejected_CountsThemAndKeepsTheFirst()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        ingestor.Judge = (_, id) => id.EndsWith('1') ? Result.Rejected : Result.Accepted;
        using var sender = new EventSender(ingestor.Address, Small);

        var summary = await sender.SendAsync(TestEvents.Interactions(200));

        Assert.Equal((180, 20, 0), (summary.Accepted, summary.Rejected, summary.Retried));
        Assert.Equal(10, summary.FirstRejections.Count);
        Assert.Equal("e1", summary.FirstRejections[0].EventId);
    }

    [Theory]
    [InlineData("secret", "Bearer secret")]
    [InlineData(null, null)]
    public async Task SendAsync_ApiKey_IsShown(string? key, string? header)
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        string? shown = null;
        ingestor.OnRequest = (_, context) =>
        {
            shown = context.RequestHeaders.GetValue("authorization");
            return Task.CompletedTask;
        };
        using var sender = new EventSender(ingestor.Address, Small with { ApiKey = key });

        await sender.SendAsync(TestEvents.Interactions(5));

        Assert.Equal(header, shown);
    }

    [Fact]
    public async Task SendAsync_SourceThrows_ThrowsTheSame()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        using var sender = new EventSender(ingestor.Address, Small);

        var error = await Assert.ThrowsAsync<FormatException>(() => sender.SendAsync(TestEvents.Interactions(30).Select((e, i) => i < 25 ? e : throw new FormatException("row 25"))));

        Assert.Equal("row 25", error.Message);
    }

    [Fact]
    public async Task SendAsync_SourceThrowsWhatACallWouldBeRetriedFor_ThrowsTheSame()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        using var sender = new EventSender(ingestor.Address, Small);
        var theirs = new RpcException(new Status(StatusCode.Unavailable, "the source's own service"));

        var error = await Assert.ThrowsAsync<RpcException>(
            () => sender.SendAsync(TestEvents.Interactions(30).Select((e, i) => i < 25 ? e : throw theirs)).WaitAsync(Wait.Patience));

        Assert.Same(theirs, error);
    }

    [Fact]
    public async Task SendAsync_Cancelled_Ends()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        using var cancel = new CancellationTokenSource();
        ingestor.OnRequest = async (_, context) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        using var sender = new EventSender(ingestor.Address, Small);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.SendAsync(TestEvents.Interactions(5), cancellationToken: cancel.Token));
    }

    [Fact]
    public async Task SendAsync_FullWindow_StopsReadingTheSource()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = 0;
        ingestor.OnRequest = (_, _) => open.Task;
        using var sender = new EventSender(ingestor.Address, Small);
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var sending = sender.SendAsync(TestEvents.Interactions(1000).Select(e =>
        {
            // Four requests in flight, and one more that is ready.
            if (Interlocked.Increment(ref taken) == 50)
                full.SetResult();
            return e;
        }));
        await full.Task.WaitAsync(Wait.Patience);

        Assert.Equal(50, Volatile.Read(ref taken));
        open.SetResult();
        Assert.Equal(1000, (await sending).Accepted);
    }

    [Fact]
    public async Task SendAsync_AtARate_SendsInSmallRequests()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        using var sender = new EventSender(ingestor.Address, Small);

        await sender.SendAsync(TestEvents.Interactions(20), rate: 50);

        Assert.Equal([5, 5, 5, 5], ingestor.Taken.Select(r => r.Events.Count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public async Task SendAsync_RateThatIsNotPositive_IsRefused(double rate)
    {
        using var sender = new EventSender(new Uri("http://127.0.0.1:1"));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => sender.SendAsync([], rate));
    }

    [Fact]
    public void Cut_FullRequest_DoesNotWaitForTheEventAfterIt()
    {
        using var requests = EventBatches.Cut(Source(), 2).GetEnumerator();

        Assert.True(requests.MoveNext());
        Assert.Equal(2, requests.Current.Events.Count);

        static IEnumerable<Contracts.V1.Event> Source()
        {
            yield return TestEvents.Item("e1", "i1");
            yield return TestEvents.Item("e2", "i2");
            throw new InvalidOperationException("Asked for an event too many.");
        }
    }

    [Fact]
    public void Cut_LargeEvents_KeepsRequestsSmall()
    {
        var requests = EventBatches.Cut(Enumerable.Range(0, 200).Select(i => TestEvents.Item($"e{i}", $"i{i}", ("image", 8192))), 1000).ToList();

        Assert.All(requests, r => Assert.InRange(r.CalculateSize(), 1, EventBatches.MaxBytes + 4096));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"e{i}"), requests.SelectMany(r => r.Events).Select(e => e.Item.EventId));
    }

    private static IEnumerable<string> Ids(int count) => Enumerable.Range(0, count).Select(i => $"e{i}");

    private sealed class Recorder : IProgress<SendProgress>
    {
        public SendProgress Last { get; private set; }

        public void Report(SendProgress value) => Last = value;
    }
}

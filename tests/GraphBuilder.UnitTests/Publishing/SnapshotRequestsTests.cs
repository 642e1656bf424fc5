using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Publishing;

public class SnapshotRequestsTests
{
    private readonly SnapshotRequests _requests = new();

    [Fact]
    public async Task TakeAll_SeveralWait_OneAnswerServesThem()
    {
        var callers = Enumerable.Range(0, 3).Select(_ => _requests.RequestAsync(default)).ToArray();

        foreach (var request in _requests.TakeAll())
            request.Answer.TrySetResult(new SnapshotInfo { Number = 7 });

        Assert.All(await Task.WhenAll(callers).WaitAsync(Wait.Patience), info => Assert.Equal(7, info.Number));
        Assert.Empty(_requests.TakeAll());
    }

    [Fact]
    public async Task FailAll_SomebodyWaits_IsToldTheReason()
    {
        var caller = _requests.RequestAsync(default);

        _requests.FailAll(new TimeoutException("Redis is slow."));

        Assert.Equal("Redis is slow.", (await Assert.ThrowsAsync<TimeoutException>(() => caller.WaitAsync(Wait.Patience))).Message);
    }

    [Fact]
    public async Task Close_BeforeAndAfterARequest_IsUnavailable()
    {
        var waiting = _requests.RequestAsync(default);

        _requests.Close();

        await Assert.ThrowsAsync<UnavailableException>(() => waiting.WaitAsync(Wait.Patience));
        await Assert.ThrowsAsync<UnavailableException>(() => _requests.RequestAsync(default).WaitAsync(Wait.Patience));
    }

    [Fact]
    public async Task RequestAsync_CallerGivesUp_Ends()
    {
        using var stop = new CancellationTokenSource();
        var caller = _requests.RequestAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller.WaitAsync(Wait.Patience));
    }
}

namespace Rearm.Streaming.Client.UnitTests;

public sealed class PaceTests
{
    // The next event is due after an hour and a half, more weeks than a timer knows, and more years than a TimeSpan does.
    [Theory]
    [InlineData(2e-4)]
    [InlineData(1e-7)]
    [InlineData(1e-300)]
    [InlineData(double.Epsilon)]
    public async Task WaitAsync_LowRate_WaitsUntilItIsCancelled(double rate)
    {
        var pace = new Pace(rate);
        using var stop = new CancellationTokenSource();
        await pace.WaitAsync(1, stop.Token);

        var next = pace.WaitAsync(1, stop.Token);

        Assert.False(next.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task WaitAsync_NoRate_DoesNotWait()
    {
        var pace = new Pace(null);
        await pace.WaitAsync(1000, default);

        Assert.True(pace.WaitAsync(1000, default).IsCompletedSuccessfully);
    }
}

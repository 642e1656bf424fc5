using Rearm.Streaming.Testing;

namespace Rearm.Streaming.ServiceDefaults.UnitTests;

public class SingleFlightTests
{
    [Fact]
    public async Task RunAsync_ManyCallersWhileOneRuns_ShareTheNextRun()
    {
        using var begun = new SemaphoreSlim(0);
        using var finish = new SemaphoreSlim(0);
        int runs = 0, running = 0, most = 0;
        var flight = new SingleFlight<int>(() =>
        {
            var number = Interlocked.Increment(ref runs);
            most = Math.Max(most, Interlocked.Increment(ref running));
            begun.Release();
            Assert.True(finish.Wait(Wait.Patience));
            Interlocked.Decrement(ref running);
            return number;
        });

        var first = flight.RunAsync();
        Assert.True(await begun.WaitAsync(Wait.Patience));
        var others = Enumerable.Range(0, 50).Select(_ => flight.RunAsync()).ToArray();
        Assert.Equal(1, runs);
        finish.Release(2);

        Assert.Equal(1, await first.WaitAsync(Wait.Patience));
        // They came after the first run had begun, so its result is not for them.
        Assert.All(await Task.WhenAll(others).WaitAsync(Wait.Patience), number => Assert.Equal(2, number));
        Assert.Equal((2, 1), (runs, most));
    }

    [Fact]
    public async Task RunAsync_OperationThrows_ItsCallersGetTheErrorAndTheNextRunsAgain()
    {
        var runs = 0;
        var flight = new SingleFlight<int>(() => ++runs == 1 ? throw new InvalidOperationException("busy") : runs);

        Assert.Equal("busy", (await Assert.ThrowsAsync<InvalidOperationException>(flight.RunAsync)).Message);
        Assert.Equal(2, await flight.RunAsync());
    }

    [Fact]
    public async Task DrainAsync_OneRunsAndOneIsDue_CompletesAfterBoth()
    {
        using var finish = new SemaphoreSlim(0);
        var done = 0;
        var flight = new SingleFlight<int>(() =>
        {
            Assert.True(finish.Wait(Wait.Patience));
            return Interlocked.Increment(ref done);
        });
        _ = flight.RunAsync();
        _ = flight.RunAsync();

        var drained = flight.DrainAsync();
        Assert.False(drained.IsCompleted);
        finish.Release(2);

        await drained.WaitAsync(Wait.Patience);
        Assert.Equal(2, done);
    }

    [Fact]
    public async Task DrainAsync_NothingEverRan_Completes() => await new SingleFlight<int>(() => 1).DrainAsync().WaitAsync(Wait.Patience);
}

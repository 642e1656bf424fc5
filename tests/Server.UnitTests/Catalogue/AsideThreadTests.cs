using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class AsideThreadTests
{
    [Fact]
    public async Task RunAsync_WorkThatWaits_StaysOnOneThreadThatIsNotThePools()
    {
        var threads = await AsideThread.RunAsync(async () =>
        {
            var seen = new List<(int Id, bool IsThePools)>();
            for (var i = 0; i < 20; i++)
            {
                seen.Add((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
                await Task.Run(() => { });
            }
            return seen;
        }, default);

        Assert.False(Assert.Single(threads.Distinct()).IsThePools);
    }

    [Fact]
    public async Task RunAsync_WorkThatEnds_EndsItsThread()
    {
        var thread = await AsideThread.RunAsync(() => Task.FromResult(Thread.CurrentThread), default);

        Assert.True(thread.Join(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task RunAsync_WorkThatFails_Fails() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => AsideThread.RunAsync<int>(() => throw new InvalidDataException(), default));
}

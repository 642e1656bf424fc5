using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class AsideThreadTests
{
    [Fact]
    public async Task RunAsync_WorkThatWaits_StaysOnOneThreadThatIsNotThePools()
    {
        var threads = await AsideThread.RunAsync(async () =>
        {
            var seen = new List<Thread>();
            for (var i = 0; i < 20; i++)
            {
                seen.Add(Thread.CurrentThread);
                await Task.Run(() => { });
            }
            return seen;
        }, default);

        Assert.False(Assert.Single(threads.Distinct()).IsThreadPoolThread);
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

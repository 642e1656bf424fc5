using System.Diagnostics;

namespace Rearm.Streaming.Server.UnitTests.Fixtures;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Until
{
    public static async Task<T> AsyncNotNull<T>(Func<Task<T?>> probe, string what) where T : class
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(5))
            if (await probe() is { } found)
                return found;
        throw new TimeoutException($"Waited 30 s for {what}.");
    }

    public static Task True(Func<Task<bool>> condition, string what) => AsyncNotNull(async () => await condition() ? "" : null, what);
}

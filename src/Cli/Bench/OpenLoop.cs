using System.Diagnostics;
using Grpc.Core;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// Load at a fixed rate: each call begins at its time, however slow those before it are, and its latency counts from then. So a stall shows in all calls that
/// it delayed, instead of only in the one that met it (no coordinated omission).
/// </summary>
internal static class OpenLoop
{
    // How long calls may take once the last has begun.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Calls at a rate for a time.</summary>
    /// <param name="rate">Calls per second.</param>
    /// <param name="duration">How long calls begin.</param>
    /// <param name="call">Makes the call of a number.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="progress">Told of calls begun.</param>
    /// <param name="end">When it is completed no more calls begin.</param>
    public static async Task<LoadResult> RunAsync(
        double rate, TimeSpan duration, Func<int, CancellationToken, Task> call, CancellationToken cancellationToken, IProgress<long>? progress = null, Task? end = null)
    {
        var count = Math.Max(1, (int)(rate * duration.TotalSeconds));
        var (latencies, statuses) = (new double[count], new StatusCode[count]);
        var calls = new Task[count];
        var start = Stopwatch.GetTimestamp();
        // On a thread of its own: from the pool, which the Server under load shares with the client, calls would begin late.
        await Task.Factory.StartNew(Begin, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var begun = Stopwatch.GetElapsedTime(start);
        await Task.WhenAll(calls.AsSpan(0, count)).WaitAsync(Patience, cancellationToken);
        return new(rate, count / Math.Max(begun.TotalSeconds, count / rate), latencies[..count], statuses[..count]);

        void Begin()
        {
            for (var next = 0; next < count;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var due = Math.Min(count, (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * rate) + 1);
                for (; next < due; next++)
                    calls[next] = MeasureAsync(next);
                progress?.Report(next);
                if (end is { IsCompleted: true })
                    count = next;
                Thread.Sleep(1);
            }
        }

        async Task MeasureAsync(int number)
        {
            try
            {
                await call(number, cancellationToken);
            }
            catch (RpcException e)
            {
                statuses[number] = e.StatusCode;
            }
            latencies[number] = (Stopwatch.GetElapsedTime(start).TotalSeconds - number / rate) * 1000;
        }
    }
}

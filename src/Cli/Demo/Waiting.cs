using System.Diagnostics;
using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Waits for a condition to hold, looking again and again until a deadline.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer will do.</summary>
    /// <param name="what">What is waited for, as the subject of "... did not come about".</param>
    /// <param name="patience">Give up after so long.</param>
    /// <param name="ask">One look. A service that is not available yet is asked again.</param>
    /// <param name="done">Will this answer do?</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="CliException">The time is up; the message has the last answer.</exception>
    public static async Task<T> UntilAsync<T>(
        string what, TimeSpan patience, Func<CancellationToken, Task<T>> ask, Func<T, bool> done, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        object? last = null;
        while (true)
        {
            try
            {
                var answer = await ask(cancellation);
                if (done(answer))
                    return answer;
                last = answer;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.FailedPrecondition)
            {
                last = e.Status.Detail;
            }
            if (watch.Elapsed > patience)
                throw new CliException($"{what} did not come about within {patience.TotalSeconds:0} s. Last seen: {last}");
            await Task.Delay(Pause, cancellation);
        }
    }
}

using System.Diagnostics;
using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Client;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Polls until a condition holds or a deadline has passed.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether a service may answer if it is asked again: it has no time just now, as on a busy machine.</summary>
    public static bool MayPass(ServiceException e) => e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded;

    /// <summary>Asks until the answer meets the condition.</summary>
    /// <param name="what">What is waited for, as the subject of "... did not happen".</param>
    /// <param name="patience">How long to poll.</param>
    /// <param name="ask">Gets the current answer; a service that is unavailable is asked again.</param>
    /// <param name="done">Whether the answer ends the wait.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="CliException">The deadline has passed; the message has the last answer.</exception>
    public static async Task<T> UntilAsync<T>(
        string what, TimeSpan patience, Func<CancellationToken, Task<T>> ask, Func<T, bool> done, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        object? last;
        while (true)
        {
            try
            {
                var answer = await ask(cancellation);
                if (done(answer))
                    return answer;
                last = answer;
            }
            catch (ServiceException e) when (MayPass(e) || e.StatusCode is StatusCode.FailedPrecondition)
            {
                last = e.Reason;
            }
            if (watch.Elapsed > patience)
                throw new CliException(
                    $"{what} did not happen within {patience.TotalSeconds:0} s. Last seen: {last}. "
                    + "Run it again with --verbose to see the services' logs.");
            await Task.Delay(Pause, cancellation);
        }
    }
}

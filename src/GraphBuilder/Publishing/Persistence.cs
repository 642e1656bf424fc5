using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.Grpc;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>Tries until it works: the back-pressure of the flow. While it tries nothing more is read, and nothing is lost.</summary>
internal sealed partial class Persistence(GraphStatusBoard board, ILogger<Persistence> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="write"/> until it succeeds.</summary>
    /// <param name="what">What is done, for the log, e.g. "write dead letters".</param>
    /// <param name="write">May be run again after it has failed half-way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task UntilDoneAsync(string what, Func<CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await write(cancellationToken);
                return;
            }
            catch (Exception e) when (IsPassing(e))
            {
                LogRetry(what, e.Message, pause.TotalSeconds);
                // Whoever waits for a snapshot learns why there is none.
                board.Refuse(e);
                await Task.Delay(pause, cancellationToken);
            }
        }
    }

    /// <summary>May the same attempt succeed later?</summary>
    public static bool IsPassing(Exception e) => e is RedisException or TimeoutException or KafkaException { Error.IsFatal: false };

    [LoggerMessage(2011, LogLevel.Warning, "Could not {What}: {Reason} Nothing more is read until that is done; next attempt in {Seconds} s")]
    private partial void LogRetry(string what, string reason, double seconds);
}

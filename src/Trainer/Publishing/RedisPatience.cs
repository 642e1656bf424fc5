namespace Rearm.Streaming.Trainer.Publishing;

/// <summary>How long a command may wait for its answer: the client gives no asynchronous command up by itself.</summary>
internal static class RedisPatience
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The answer.</summary>
    /// <exception cref="TimeoutException">Redis is there, but does not answer.</exception>
    internal static Task<T> Answer<T>(this Task<T> command, CancellationToken cancellationToken) => command.WaitAsync(Limit, cancellationToken);
}

namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>The caller sends more than is taken just now; the same will be taken later.</summary>
/// <param name="message">Names the limit.</param>
/// <param name="retryAfter">When to try again.</param>
public sealed class LimitException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;

    /// <summary>The same as HTTP's header has it: whole seconds, at least 1.</summary>
    public int RetryAfterSeconds => (int)Math.Max(1, Math.Ceiling(RetryAfter.TotalSeconds));
}

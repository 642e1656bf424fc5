using System.Threading.RateLimiting;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>What a caller may still do just now, as a token bucket: so much a second on average, and after a pause so much at once.</summary>
internal sealed class Allowance : IDisposable
{
    private readonly TokenBucketRateLimiter _limiter;
    private readonly string _limit;

    /// <param name="perSecond">What flows in, above 0.</param>
    /// <param name="burst">What it holds, and so the most that can be taken at once.</param>
    /// <param name="limit">For messages, a sentence without its end: "The key of shop may send 500 events a second".</param>
    public Allowance(int perSecond, int burst, string limit)
    {
        (Burst, _limit) = (burst, limit);
        // Refilled often where that comes out even, so that a caller need not wait for a whole second.
        var isEven = perSecond % 10 == 0;
        _limiter = new(new()
        {
            TokenLimit = burst,
            TokensPerPeriod = isEven ? perSecond / 10 : perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(isEven ? 0.1 : 1),
            QueueLimit = 0,
        });
    }

    /// <summary>The most that can be taken at once.</summary>
    public int Burst { get; }

    /// <summary>Takes some, if there is so much left. Allocates nothing then.</summary>
    /// <returns>Why it can't be taken now, and when it can; null if it was.</returns>
    public LimitException? TryTake(int count)
    {
        using var lease = _limiter.AttemptAcquire(count);
        if (lease.IsAcquired)
            return null;
        var those = count == 1 ? "this one is" : $"these {count} are";
        return new($"{_limit}; {those} too many by now.", lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
    }

    public void Dispose() => _limiter.Dispose();
}

using System.Threading.RateLimiting;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>One key, with what is left of its allowance.</summary>
internal sealed class AccessKey : IDisposable
{
    private readonly AccessKeyOptions _options;
    private readonly TokenBucketRateLimiter? _limiter;

    public AccessKey(string name, AccessKeyOptions options)
    {
        (Name, _options, Hash) = (name, options, Convert.FromHexString(options.Hash));
        if (options.EventsPerSecond == 0)
            return;
        // Refilled often where that comes out even, so that a caller need not wait for a whole second.
        var isEven = options.EventsPerSecond % 10 == 0;
        _limiter = new(new()
        {
            TokenLimit = options.Burst,
            TokensPerPeriod = isEven ? options.EventsPerSecond / 10 : options.EventsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(isEven ? 0.1 : 1),
            QueueLimit = 0,
        });
    }

    /// <summary>Who has it.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the key.</summary>
    public byte[] Hash { get; }

    /// <summary>Whether it may make operators' calls.</summary>
    public bool IsOperator => _options.Operator;

    /// <summary>Whether options say the same of it, so that its allowance stays as it is.</summary>
    public bool Is(AccessKeyOptions options) =>
        (options.Hash, options.Operator, options.EventsPerSecond, options.Burst)
        == (_options.Hash, _options.Operator, _options.EventsPerSecond, _options.Burst);

    /// <summary>Takes events from the allowance.</summary>
    /// <exception cref="LimitException">There are not so many left.</exception>
    /// <exception cref="InvalidRequestException">There can never be so many.</exception>
    public void Take(int events)
    {
        if (_limiter is null)
            return;
        if (events > _options.Burst)
            throw new InvalidRequestException($"events: {events} in one request; the key of {Name} may send {_options.Burst} at once");
        using var lease = _limiter.AttemptAcquire(events);
        if (!lease.IsAcquired)
            throw new LimitException(
                $"The key of {Name} may send {_options.EventsPerSecond} events a second; these {events} are too many by now.",
                lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
    }

    public void Dispose() => _limiter?.Dispose();
}

using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>One key, with what is left of its allowances.</summary>
internal sealed class AccessKey(string name, AccessKeyOptions options) : IDisposable
{
    private readonly Allowance? _events = options.EventsPerSecond == 0 ? null
        : new(options.EventsPerSecond, options.Burst, $"The key of {name} may send {options.EventsPerSecond} events a second");

    private readonly Allowance? _calls = options.CallsPerSecond == 0 ? null
        : new(options.CallsPerSecond, options.EffectiveCallBurst, $"The key of {name} may make {options.CallsPerSecond} calls a second");

    /// <summary>Who has it.</summary>
    public string Name => name;

    /// <summary>SHA-256 of the key.</summary>
    public byte[] Hash { get; } = Convert.FromHexString(options.Hash);

    /// <summary>Whether it may make operators' calls.</summary>
    public bool IsOperator => options.Operator;

    /// <summary>Whether options say the same of it, so that its allowances stay as they are.</summary>
    public bool Is(AccessKeyOptions other) => Values(other) == Values(options);

    /// <summary>Takes events from the allowance.</summary>
    /// <returns>Why they can't be sent now; null if they can.</returns>
    /// <exception cref="InvalidRequestException">There can never be so many.</exception>
    public LimitException? TryTakeEvents(int events)
    {
        if (_events is null)
            return null;
        if (events > _events.Burst)
            throw new InvalidRequestException($"events: {events} in one request; the key of {name} may send {_events.Burst} at once");
        return _events.TryTake(events);
    }

    /// <summary>Takes calls from the allowance.</summary>
    /// <param name="calls">At most <see cref="AccessKeyOptions.SmallestCallBurst"/>.</param>
    /// <returns>Why they can't be made now; null if they can.</returns>
    public LimitException? TryTakeCalls(int calls) => _calls?.TryTake(calls);

    public void Dispose()
    {
        _events?.Dispose();
        _calls?.Dispose();
    }

    private static (string, bool, int, int, int, int) Values(AccessKeyOptions options) =>
        (options.Hash, options.Operator, options.EventsPerSecond, options.Burst, options.CallsPerSecond, options.CallBurst);
}

namespace Rearm.Streaming.Client;

/// <summary>How an <see cref="EventSender"/> sends.</summary>
public sealed record EventSenderOptions
{
    /// <summary>Events in one request, 1 to 10,000; fewer where a rate is set or the events are large.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>Requests awaiting their answer at once, at least 1; beyond that no further events are taken from their source.</summary>
    public int BatchesInFlight { get; init; } = 8;

    /// <summary>How long the Ingestor may make no progress (it or its broker is down) before sending gives up.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The key to show to the Ingestor; null for none. It goes out as it is, so let the address be https wherever others might listen.</summary>
    public string? ApiKey { get; init; }
}

namespace Rearm.Streaming.Client;

/// <summary>How an <see cref="EventSender"/> sends.</summary>
public sealed record EventSenderOptions
{
    /// <summary>Events in one request, 1 to 10,000; fewer if a rate is asked for or they are large.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>Requests that wait for their answer at once, at least 1; further events are not even taken from their source.</summary>
    public int BatchesInFlight { get; init; } = 8;

    /// <summary>How long the Ingestor may make no progress (be down, or without its broker) before sending gives up.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(2);
}

using Grpc.Net.Client;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Client;

/// <summary>
/// Sends events to an Ingestor over its gRPC stream. What is not acknowledged, because the Ingestor or its broker is down, is retried; the event id
/// makes that idempotent. Thread-safe; make one and share it.
/// </summary>
public sealed class EventSender : IDisposable
{
    private readonly Uri _ingestor;
    private readonly EventSenderOptions _options;
    private readonly GrpcChannel _channel;
    private readonly Ingestion.IngestionClient _client;

    /// <summary>A sender to the Ingestor whose gRPC port is at an address such as http://127.0.0.1:7001. Nothing is sent yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is beyond its limits.</exception>
    public EventSender(Uri ingestor, EventSenderOptions? options = null)
    {
        _ingestor = ingestor;
        _options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.BatchSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.BatchSize, 10_000, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.BatchesInFlight, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.RetryFor, TimeSpan.Zero, nameof(options));
        _channel = Connection.To(ingestor);
        _client = new(_channel);
    }

    /// <summary>Sends events, in order, until each is accepted or rejected.</summary>
    /// <param name="events">What to send; enumerated as needed, never all at once, by threads of the pool. It may block: what was sent is retried meanwhile,
    /// but the task ends, cancelled or not, only when it has given the event that it was asked for.</param>
    /// <param name="rate">Events per second at most; null for as fast as they are acknowledged.</param>
    /// <param name="progress">Reported to after each answer.</param>
    /// <param name="cancellationToken">Stops sending; what was accepted stays so.</param>
    /// <exception cref="IngestorUnavailableException">Nothing was taken for <see cref="EventSenderOptions.RetryFor"/>.</exception>
    /// <exception cref="Grpc.Core.RpcException">The Ingestor refuses the call for a reason that retrying would not change.</exception>
    public Task<SendSummary> SendAsync(
        IEnumerable<Event> events, double? rate = null, IProgress<SendProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (rate is <= 0 or double.NaN or double.PositiveInfinity)
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "Above 0 events per second.");
        return new Sending(_client, _ingestor, _options, rate, progress).RunAsync(events, cancellationToken);
    }

    /// <summary>Sends one event.</summary>
    /// <exception cref="IngestorUnavailableException">It was not taken for <see cref="EventSenderOptions.RetryFor"/>.</exception>
    public Task<SendSummary> SendAsync(Event @event, CancellationToken cancellationToken = default) => SendAsync([@event], cancellationToken: cancellationToken);

    /// <summary>Ends the calls under way and closes the connection.</summary>
    public void Dispose() => _channel.Dispose();
}

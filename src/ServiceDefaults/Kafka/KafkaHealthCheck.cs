using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>Ready while a broker answers.</summary>
internal sealed class KafkaHealthCheck : IHealthCheck, IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly KafkaOptions _options;
    private readonly Lazy<IAdminClient> _admin;
    private readonly SingleFlight<int> _countBrokers;

    public KafkaHealthCheck(KafkaClients clients, IOptions<KafkaOptions> options)
    {
        _options = options.Value;
        _admin = new(clients.CreateAdmin);
        // The client's call blocks a thread for as long as the broker is down.
        _countBrokers = new(() => _admin.Value.GetMetadata(Timeout).Brokers.Count);
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _countBrokers.RunAsync().WaitAsync(cancellationToken) > 0 ? HealthCheckResult.Healthy() : Without(context, "it names no broker.");
        }
        catch (KafkaException e)
        {
            return Without(context, e.Error.Reason);
        }
    }

    public void Dispose()
    {
        // The client must not be closed under a call: one may be running and one due.
        _countBrokers.DrainAsync().Wait(Timeout * 2);
        if (_admin.IsValueCreated)
            _admin.Value.Dispose();
    }

    private HealthCheckResult Without(HealthCheckContext context, string reason) =>
        new(context.Registration.FailureStatus, $"Kafka at {_options.BootstrapServers} does not answer: {reason}");
}

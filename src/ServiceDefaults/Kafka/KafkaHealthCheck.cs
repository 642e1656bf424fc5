using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>Ready while a broker answers.</summary>
internal sealed class KafkaHealthCheck(KafkaClients clients, IOptions<KafkaOptions> options) : IHealthCheck, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lazy<IAdminClient> _admin = new(clients.CreateAdmin);
    private Task<string?> _asking = Task.FromResult<string?>(null);
    private readonly Lock _lock = new();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Task<string?> asking;
        lock (_lock)
        {
            // The call blocks a thread while the broker is down: one at a time, however many ask.
            if (_asking.IsCompleted)
                _asking = Task.Run(Ask, CancellationToken.None);
            asking = _asking;
        }
        return await asking.WaitAsync(cancellationToken) is { } trouble
            ? HealthCheckResult.Unhealthy($"Kafka at {options.Value.BootstrapServers} does not answer: {trouble}")
            : HealthCheckResult.Healthy();
    }

    public void Dispose()
    {
        lock (_lock)
            _asking.Wait(Patience * 2);
        if (_admin.IsValueCreated)
            _admin.Value.Dispose();
    }

    private string? Ask()
    {
        try
        {
            return _admin.Value.GetMetadata(Patience).Brokers.Count > 0 ? null : "no broker is known.";
        }
        catch (KafkaException e)
        {
            return e.Error.Reason;
        }
    }
}

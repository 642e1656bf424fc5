using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Ingestor.Publishing;

/// <summary>
/// Ensures the topics while the service already answers. Nothing is produced before they exist: a broker might create them by itself, without
/// compaction and with another number of partitions.
/// </summary>
internal sealed class Topics(TopicSetup setup) : BackgroundService
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the topics exist.</summary>
    public Task Ready => _ready.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await setup.EnsureAsync(stoppingToken);
        _ready.SetResult();
    }
}

namespace Rearm.Streaming.Ingestor.Publishing;

/// <summary>Fails when the producer has, which takes the service down with a failure's exit code: whoever restarts services starts a new one.</summary>
internal sealed class ProducerWatch(EventPublisher publisher) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => publisher.Failure.WaitAsync(stoppingToken);
}

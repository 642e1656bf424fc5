namespace Rearm.Streaming.Ingestor.Publishing;

/// <summary>Fails when the producer has failed, which stops the service with exit code 1, so that it is restarted with a new producer.</summary>
internal sealed class ProducerWatch(EventPublisher publisher) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => publisher.Failure.WaitAsync(stoppingToken);
}

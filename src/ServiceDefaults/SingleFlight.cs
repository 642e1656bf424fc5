using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.Consuming;

namespace Rearm.Streaming.GraphBuilder.Grpc;

/// <summary>
/// Asks the broker what its logs hold, once at a time however many want to know: the client's question blocks a thread for as long as
/// the broker takes. Who comes while one is under way shares the next one, so no answer is older than its question.
/// </summary>
internal sealed class LogQuestion(Func<Dictionary<TopicPartition, LogRange>> ask)
{
    private readonly Lock _lock = new();
    private Task<Dictionary<TopicPartition, LogRange>?> _asking = Task.FromResult<Dictionary<TopicPartition, LogRange>?>(null);
    private Task<Dictionary<TopicPartition, LogRange>?>? _next;

    /// <summary>The answer, or null when the broker does not give one.</summary>
    public Task<Dictionary<TopicPartition, LogRange>?> AskAsync()
    {
        lock (_lock)
        {
            if (_next is not null)
                return _next;
            return _asking.IsCompleted ? _asking = Task.Run(Ask) : _next = AskAfterAsync(_asking);
        }
    }

    private async Task<Dictionary<TopicPartition, LogRange>?> AskAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        Task<Dictionary<TopicPartition, LogRange>?> mine;
        lock (_lock)
        {
            mine = _asking = Task.Run(Ask);
            _next = null;
        }
        return await mine;
    }

    private Dictionary<TopicPartition, LogRange>? Ask()
    {
        try
        {
            return ask();
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            return null;
        }
    }
}

using Confluent.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// A change of who has which partitions, told by the client while it reads. Reading stands still until the worker, which alone touches the state, has
/// dealt with it: that is what lets a partition go with nothing left to do, and come with the offset at which to begin.
/// </summary>
/// <param name="Kind">What happens to the partitions.</param>
/// <param name="Partitions">Of the interactions topic.</param>
internal sealed record Rebalance(RebalanceKind Kind, IReadOnlyList<TopicPartition> Partitions)
{
    private readonly TaskCompletionSource<IReadOnlyDictionary<TopicPartition, long>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The worker has dealt with it.</summary>
    /// <param name="starts">Where to begin with partitions that were assigned.</param>
    public void Complete(IReadOnlyDictionary<TopicPartition, long> starts) => _done.TrySetResult(starts);

    /// <summary>Nobody will deal with it: the worker ends.</summary>
    public void Abandon() => _done.TrySetCanceled();

    /// <summary>Blocks until the worker has dealt with it.</summary>
    /// <returns>Where to begin with partitions that were assigned; null if the worker ends.</returns>
    public IReadOnlyDictionary<TopicPartition, long>? Wait()
    {
        ((IAsyncResult)_done.Task).AsyncWaitHandle.WaitOne();
        return _done.Task.IsCanceled ? null : _done.Task.Result;
    }
}

using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Progress;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// Takes partitions over and lets them go: a partition's users come from its newest checkpoint, whoever has written it, and leave with a last one, so that the
/// next owner has nothing to read again. Of a partition that was lost nothing more is written: somebody else is at work on it.
/// </summary>
internal sealed partial class PartitionOwnership(
    CheckpointStore checkpoints, CheckpointSchedule checkpointing, LiveStateSync live, Leadership leadership, TopicReaders starting,
    TimeProvider time, ILogger<PartitionOwnership> logger)
{
    /// <summary>Deals with a change of who has which partitions; the reader goes on when this returns.</summary>
    /// <exception cref="Contracts.ContractException">None of a partition's checkpoints is whole.</exception>
    /// <exception cref="KafkaGapException">The broker no longer holds what follows a checkpoint.</exception>
    public async Task ApplyAsync(Rebalance rebalance, GraphState state, TopicReader reader, CancellationToken cancellationToken)
    {
        if (rebalance.Kind == RebalanceKind.Assigned)
        {
            rebalance.Complete(await TakeAsync(rebalance.Partitions, state, reader, cancellationToken));
            return;
        }
        var held = state.Shards.Where(s => rebalance.Partitions.Any(p => p.Partition.Value == s.Partition)).ToArray();
        if (rebalance.Kind == RebalanceKind.Revoked && held.Length > 0)
            await live.FlushAsync(state, leadership.IsOurs, cancellationToken);
        foreach (var shard in held)
        {
            if (rebalance.Kind == RebalanceKind.Revoked)
                await checkpointing.ReleaseAsync(state, shard, reader.Next, reader.LagOf);
            else
                checkpointing.LoseShard(shard.Partition);
            live.Forget(shard.Partition);
            state.Remove(shard);
        }
        reader.LetGo(rebalance.Partitions);
        LogGone(rebalance.Kind == RebalanceKind.Revoked ? "Handed over" : "Lost", Names(rebalance.Partitions));
        rebalance.Complete(new Dictionary<TopicPartition, long>());
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> TakeAsync(
        IReadOnlyList<TopicPartition> partitions, GraphState state, TopicReader reader, CancellationToken cancellationToken)
    {
        var (shards, offsets) = (new List<UserShard>(), new Dictionary<TopicPartition, long>());
        using var progress = new ProgressLog(logger, time);
        foreach (var partition in partitions)
        {
            var number = partition.Partition.Value;
            var found = checkpoints.Shard(number).Load((folder, manifest) => folder.RestoreShard(
                manifest, number, state, progress.Begin($"Loading the checkpoint of {partition.Topic}[{number}]", "slabs", manifest.Users.Count)));
            shards.Add(found?.Restored ?? state.NewShard(number));
            if (found is { Manifest.Offsets: var reflected } && reflected.TryGetValue(partition, out var next))
                offsets.Add(partition, next);
        }
        var (starts, logs) = await starting.StartAsync(reader, partitions, offsets, cancellationToken);
        foreach (var partition in partitions)
            // The topic was made anew, and going on has been accepted.
            if (offsets.TryGetValue(partition, out var reflected) && starts[partition] < reflected)
                shards.Single(s => s.Partition == partition.Partition.Value).ForgetOffsets();
        foreach (var shard in shards)
        {
            state.Add(shard);
            checkpointing.ClaimShard(shard.Partition);
        }
        reader.Take(starts, logs);
        LogTaken(Names(partitions), shards.Sum(s => s.ActiveUsers));
        return starts;
    }

    private static string Names(IEnumerable<TopicPartition> partitions) => string.Join(", ", partitions.Select(p => $"{p.Topic}[{p.Partition.Value}]"));

    [LoggerMessage(2001, LogLevel.Information, "Took over {Partitions} with {Users} users from checkpoints")]
    private partial void LogTaken(string partitions, int users);

    [LoggerMessage(2007, LogLevel.Information, "{What} {Partitions}")]
    private partial void LogGone(string what, string partitions);
}

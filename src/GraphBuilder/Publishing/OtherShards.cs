using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>What other GraphBuilders know of their partitions, by their checkpoints in the folder that all of them share.</summary>
internal sealed class OtherShards(CheckpointStore store, WorkerSignals signals, KafkaClients clients, TimeProvider time)
{
    /// <summary>How long the others have for the checkpoints that they are asked for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    // A checkpoint is replaced by its owner's next but one, maybe while it is read.
    private const int Attempts = 3;

    /// <summary>How far the checkpoints of these partitions are.</summary>
    public OtherPartitions Look(IReadOnlyList<int> partitions)
    {
        var found = partitions.Select(p => store.Shard(p).Newest()).OfType<CheckpointManifest>().ToArray();
        return new(partitions, found.Sum(m => m.Progress), found.Sum(m => m.Lag));
    }

    /// <summary>Adds the other partitions to what a snapshot is to be cut from.</summary>
    /// <exception cref="TimeoutException">There is no checkpoint of a partition, or none as new as it has to be.</exception>
    /// <exception cref="ContractException">A checkpoint is damaged.</exception>
    public async Task<SnapshotInput> AddToAsync(SnapshotInput input, CancellationToken cancellationToken)
    {
        if (input.Others.Count == 0)
            return input;
        await WaitAsync(input, cancellationToken);
        // Items have the same numbers here, and those that only the others know follow.
        var all = new GraphState();
        for (var item = 0; item < input.State.Items.Ids.Count; item++)
            all.RestoreItem(input.State.Items.Ids[item], input.State.Items.States[item]);
        all.ItemsReadUpTo(input.State.Items.EventTime);
        var (shards, offsets) = (input.State.Shards.ToList(), new Dictionary<TopicPartition, long>(input.Offsets));
        var takenAt = input.TakenAt;
        foreach (var partition in input.Others)
        {
            var (shard, manifest) = Load(partition, all);
            shards.Add(shard.Freeze());
            foreach (var (key, offset) in manifest.Offsets)
                offsets[key] = offset;
            // A user who was erased after any of the pictures was taken may still be in the snapshot.
            takenAt = DateTimeOffset.FromUnixTimeMilliseconds(manifest.TakenAt) is var theirs && theirs < takenAt ? theirs : takenAt;
        }
        return input with { State = new() { Items = all.FreezeItems(), Shards = shards }, Offsets = offsets, TakenAt = takenAt };
    }

    private async Task WaitAsync(SnapshotInput input, CancellationToken cancellationToken)
    {
        var asked = input.Asked ? await signals.AskForCheckpointsAsync(cancellationToken) : 0;
        var started = time.GetTimestamp();
        while (input.Others.Where(p => !(store.Shard(p).Newest()?.Asked >= asked)).ToArray() is { Length: > 0 } missing)
        {
            if (!input.Asked || time.GetElapsedTime(started) > Patience)
            {
                var what = $"There is no checkpoint {(input.Asked ? "as of now" : "yet")} of {clients.Topics.Interactions}[{string.Join(", ", missing)}]";
                throw new TimeoutException(
                    $"{what} in {Path.GetFullPath(store.Directory)}. Either no GraphBuilder reads them, or the one that does has another folder: all need the same "
                    + $"{GraphBuilderOptions.Section}:{nameof(GraphBuilderOptions.CheckpointDirectory)}.");
            }
            await Task.Delay(LookInterval, time, cancellationToken);
        }
    }

    private (UserShard Shard, CheckpointManifest Manifest) Load(int partition, GraphState state)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                return store.Shard(partition).Load((folder, manifest) => folder.RestoreShard(manifest, partition, state))
                    ?? throw new ContractException($"The checkpoint of {clients.Topics.Interactions}[{partition}] is gone.");
            }
            catch (ContractException) when (attempt < Attempts)
            {
                // Look again at what there is now.
            }
    }
}

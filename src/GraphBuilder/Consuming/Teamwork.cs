using System.Diagnostics;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>What a GraphBuilder does once a second because it may not be the only one: see to the lease, and to what the others ask for.</summary>
internal sealed class Teamwork(
    Leadership leadership, WorkerSignals signals, PassedRequests passed, OtherShards others, CheckpointSchedule checkpointing, SnapshotSchedule snapshots,
    RetryPolicy retry)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private Stopwatch? _since;
    private int[] _owned = [];
    private bool _publishes;

    /// <summary>The partitions that other GraphBuilders have, as last looked at; only where this one publishes.</summary>
    public OtherPartitions Others { get; private set; } = OtherPartitions.None;

    /// <summary>Does what is due; retries until Redis answers.</summary>
    /// <param name="partitions">Partitions of the interactions topic.</param>
    /// <param name="state">What is known.</param>
    /// <param name="background">Stops work that goes on in the background.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task TakePartAsync(int partitions, GraphState state, CancellationToken background, CancellationToken cancellationToken)
    {
        if (_publishes && !leadership.IsOurs)
            _publishes = false;
        int[] owned = [.. state.Shards.Select(s => s.Partition)];
        // What has just come or gone must be in no snapshot twice, or not at all.
        if (_since?.Elapsed < Interval && owned.SequenceEqual(_owned))
            return;
        await retry.ExecuteAsync("take part in the GraphBuilders' work", async token =>
        {
            await leadership.TryTakeAsync(token);
            if (leadership.IsOurs && !_publishes)
            {
                await snapshots.ResumeAsync(token);
                _publishes = true;
            }
            checkpointing.Ask(await signals.CheckpointsAskedAsync(token));
            // Somebody may have asked in the moment when the lease was lost.
            if (!_publishes)
                snapshots.Yield();
            else
                await passed.LookAsync(background);
        }, cancellationToken);
        checkpointing.ClaimItems(_publishes);
        Others = _publishes && owned.Length < partitions ? others.Look([.. Enumerable.Range(0, partitions).Except(owned)]) : OtherPartitions.None;
        (_owned, _since) = (owned, Stopwatch.StartNew());
    }

    /// <summary>Waits until nothing is at work in the background, whatever comes of it.</summary>
    public Task SettleAsync() => passed.SettleAsync();
}

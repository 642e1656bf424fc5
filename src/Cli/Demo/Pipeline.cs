using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Drives the workers from events to a served generation through the operator's API, and reports each step.</summary>
internal sealed class Pipeline(DemoServices services, Narrator narrator)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>A training run may take this long.</summary>
    private static readonly TimeSpan TrainingPatience = TimeSpan.FromHours(2);

    /// <summary>What the GraphBuilder has read so far.</summary>
    public Task<GraphStatus> StatusAsync(CancellationToken cancellation) => services.GraphBuilder.GetStatusAsync(cancellation);

    /// <summary>Waits until everything sent is in the graphs.</summary>
    public Task<GraphStatus> ReadAllAsync(long pairs, long items, CancellationToken cancellation)
    {
        var read = narrator.Begin("Reading events into the graphs", "pairs", pairs);
        return Waiting.UntilAsync(
            $"Reading all events into the graphs ({pairs:N0} pairs, {items:N0} items)",
            Patience,
            async stop =>
            {
                var status = await StatusAsync(stop);
                read.Report(status.Interactions);
                return status;
            },
            s => s.Lag == 0 && s.Interactions >= pairs && s.Items >= items,
            cancellation);
    }

    /// <summary>Publishes a snapshot of all that has been read.</summary>
    public async Task<SnapshotInfo> PublishSnapshotAsync(CancellationToken cancellation)
    {
        // The GraphBuilder's log has how far it is: --verbose.
        narrator.Begin("Cutting and publishing the graphs", "", 0);
        var snapshot = await services.GraphBuilder.PublishSnapshotAsync(cancellation);
        narrator.Report($"Graph snapshot {snapshot.Number} published to Redis: {snapshot.Interactions:N0} interactions, hash {snapshot.Hash}");
        return snapshot;
    }

    /// <summary>Trains on the newest snapshot, and waits until the Server answers from the generation it gives.</summary>
    /// <returns>The generation's number.</returns>
    /// <exception cref="CliException">Training failed, or published no generation.</exception>
    public async Task<long> TrainAsync(CancellationToken cancellation)
    {
        var start = await services.Trainer.GetStatusAsync(cancellation);
        await services.Trainer.TrainAsync(cancellationToken: cancellation);
        var progress = new TrainingProgress(narrator);
        var end = await Waiting.UntilAsync(
            "Training",
            TrainingPatience,
            async stop => progress.Report(await services.Trainer.GetStatusAsync(stop)),
            s => s.Runs > start.Runs && s.State is not (TrainingStatus.Types.State.Training or TrainingStatus.Types.State.Publishing),
            cancellation);
        if (end.State == TrainingStatus.Types.State.Failed || end.Generation <= start.Generation)
            throw new CliException($"Training published no generation: {end.Message} (--verbose shows the services' logs.)");
        narrator.Report($"Generation {end.Generation} trained and published to Redis: {string.Join(", ", end.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key} {m.Value:0.####}"))}");

        await Waiting.UntilAsync(
            $"Serving generation {end.Generation}",
            Patience,
            services.Recommender.GetStatusAsync,
            s => s.Generation?.Number >= end.Generation,
            cancellation);
        narrator.Report($"The Server answers from generation {end.Generation}");
        return end.Generation;
    }
}

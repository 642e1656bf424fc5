using System.Diagnostics;
using Rearm.Streaming.Client;
using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>Feeds a data set to an Ingestor as a shop would: its catalogue first, then its interactions.</summary>
public sealed class ReplayClient(EventSender sender)
{
    /// <summary>Sends the data set. Idempotent: every event has the same id and time each time.</summary>
    /// <exception cref="IngestorUnavailableException">The Ingestor was unavailable for longer than the sender retries.</exception>
    public async Task<ReplaySummary> ReplayAsync(Dataset dataset, ReplayOptions? options = null, IProgress<ReplayProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        var start = Stopwatch.GetTimestamp();
        var items = options.Items
            ? await sender.SendAsync(DatasetEvents.Items(dataset), rate: null, Relay.To(progress, "items", DatasetEvents.CountItems(dataset)), cancellationToken)
            : new SendSummary(0, 0, 0, []);
        var interactions = await sender.SendAsync(DatasetEvents.Interactions(dataset, options.Split), options.Rate,
            Relay.To(progress, "interactions", dataset[options.Split].Count), cancellationToken);
        return new(items, interactions, Stopwatch.GetElapsedTime(start));
    }

    // Progress<T> would post to the thread pool, out of order.
    private sealed class Relay(IProgress<ReplayProgress> to, string part, long total) : IProgress<SendProgress>
    {
        public static Relay? To(IProgress<ReplayProgress>? to, string part, long total) => to is null ? null : new(to, part, total);

        public void Report(SendProgress value) => to.Report(new(part, value.Done, total, value.Rejected, value.Retried));
    }
}

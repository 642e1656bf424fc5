using System.Diagnostics;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>Feeds a data set to an Ingestor as a shop would: its catalogue first, then its interactions.</summary>
public sealed class ReplayClient(EventSender sender)
{
    /// <summary>Sends the data set. Idempotent: every event has the same id and time each time.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">Which part, and how fast; null: the defaults.</param>
    /// <param name="progress">Asked for the items and for the interactions; told of events that have a final answer.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    /// <exception cref="IngestorUnavailableException">The Ingestor was unavailable for longer than the sender retries.</exception>
    public async Task<ReplaySummary> ReplayAsync(
        Dataset dataset, ReplayOptions? options = null, ProgressOf? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        var start = Stopwatch.GetTimestamp();
        var items = options.Items
            ? await sender.SendAsync(
                DatasetEvents.Items(dataset), rate: null, AnsweredEvents.To(progress, "Sending items", "items", DatasetEvents.CountItems(dataset)),
                cancellationToken)
            : new SendSummary(0, 0, 0, []);
        var interactions = await sender.SendAsync(DatasetEvents.Interactions(dataset, options.Split), options.Rate,
            AnsweredEvents.To(progress, "Sending interactions", "interactions", dataset[options.Split].Count), cancellationToken);
        return new(items, interactions, Stopwatch.GetElapsedTime(start));
    }
}

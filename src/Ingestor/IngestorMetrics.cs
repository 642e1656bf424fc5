using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Ingestor;

/// <summary>The Ingestor's metrics (meter "Rearm.Streaming.Ingestor").</summary>
internal sealed class IngestorMetrics
{
    public const string MeterName = "Rearm.Streaming.Ingestor";

    private const string OtherField = "other";

    // What senders call a field is theirs to choose; a metric must not have a series for each.
    private static readonly FrozenSet<string> Fields = new[] { Interaction.Descriptor, Item.Descriptor, ItemDeletion.Descriptor, UserErasure.Descriptor }
        .SelectMany(message => message.Fields.InDeclarationOrder()).Select(field => field.Name).ToFrozenSet();

    private readonly Counter<long> _events;
    private readonly Counter<long> _rejections;
    private readonly Histogram<double> _batchDuration;
    private readonly Histogram<double> _produceDuration;

    public IngestorMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>("rearm.ingestor.events", "{event}", "Events answered, by status: accepted, rejected or failed.");
        _rejections = meter.CreateCounter<long>(
            "rearm.ingestor.rejections", "{event}", "Events rejected, by the field that breaks a rule; other: a field that there is not, or no event at all.");
        _batchDuration = meter.CreateHistogram<double>("rearm.ingestor.batch.duration", "s", "From a batch's arrival until every event in it is answered.");
        _produceDuration = meter.CreateHistogram<double>(
            "rearm.ingestor.produce.duration", "s", "From handing an event to the Kafka client until the broker has acknowledged or refused it.");
    }

    /// <summary>A batch has been answered.</summary>
    /// <param name="duration">Since it came in.</param>
    /// <param name="accepted">Its events that Kafka has.</param>
    /// <param name="failed">Those that it does not have.</param>
    public void BatchAnswered(TimeSpan duration, int accepted, int failed)
    {
        _batchDuration.Record(duration.TotalSeconds);
        Count(accepted, "accepted");
        Count(failed, "failed");
    }

    /// <summary>An event has been rejected.</summary>
    /// <param name="field">What is wrong with it, e.g. "user_id", "features[image]" or "line 7".</param>
    public void Rejected(string field)
    {
        Count(1, "rejected");
        var name = field.IndexOfAny(['[', '.']) is var end and >= 0 ? field[..end] : field;
        _rejections.Add(1, new KeyValuePair<string, object?>("field", Fields.Contains(name) ? name : OtherField));
    }

    /// <summary>The broker has acknowledged or refused an event.</summary>
    public void Produced(TimeSpan duration) => _produceDuration.Record(duration.TotalSeconds);

    private void Count(int events, string status)
    {
        if (events > 0)
            _events.Add(events, new KeyValuePair<string, object?>("status", status));
    }
}

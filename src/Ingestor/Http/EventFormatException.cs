namespace Rearm.Streaming.Ingestor.Http;

/// <summary>A JSON value is not the event it should be.</summary>
/// <param name="field">The field, e.g. "time" or "features[image].values[3]"; "event" for the whole.</param>
/// <param name="reason">What is wrong with it and the form that is needed.</param>
internal sealed class EventFormatException(string field, string reason) : Exception($"{field}: {reason}")
{
    public string Field { get; } = field;

    public string Reason { get; } = reason;
}

using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>
/// Carries traces through Kafka as W3C trace context (traceparent, tracestate) in the records' headers. Only sampled traces are carried, so that
/// all other records stay as small and as cheap as they were.
/// </summary>
public static class TraceHeaders
{
    /// <summary>The headers that continue an activity's trace; null if it is not sampled. Records of one batch may share them.</summary>
    public static Headers? Of(Activity? activity)
    {
        if (activity is not { Recorded: true })
            return null;
        var headers = new Headers();
        DistributedContextPropagator.Current.Inject(activity, headers, Write);
        return headers;
    }

    /// <summary>The span that a record was produced in.</summary>
    /// <returns>False if the record carries no trace, or one that is not sampled.</returns>
    public static bool TryRead(Headers? headers, out ActivityContext producer)
    {
        producer = default;
        if (headers is null or { Count: 0 })
            return false;
        DistributedContextPropagator.Current.ExtractTraceIdAndState(headers, Read, out var parent, out var state);
        return ActivityContext.TryParse(parent, state, isRemote: true, out producer) && producer.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
    }

    private static void Write(object? carrier, string name, string value) => ((Headers)carrier!).Add(name, Encoding.ASCII.GetBytes(value));

    private static void Read(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        value = ((Headers)carrier!).TryGetLastBytes(name, out var bytes) ? Encoding.ASCII.GetString(bytes) : null;
        values = null;
    }
}

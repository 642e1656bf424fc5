using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// The traced records of a batch. Each sampled trace gets one span, however many of the batch's records belong to it; records that carry no
/// sampled trace cost nothing.
/// </summary>
internal sealed class BatchTrace
{
    private readonly Dictionary<ActivityContext, int> _records = [];
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;

    private BatchTrace()
    {
    }

    /// <summary>Begins to trace a batch; null if none of its records belongs to a sampled trace, or nobody listens.</summary>
    public static BatchTrace? Begin(IReadOnlyList<ConsumeResult<byte[], byte[]>> records)
    {
        if (!GraphBuilderTracing.Source.HasListeners())
            return null;
        BatchTrace? trace = null;
        for (var i = 0; i < records.Count; i++)
            if (TraceHeaders.TryRead(records[i].Message.Headers, out var context))
                CollectionsMarshal.GetValueRefOrAddDefault((trace ??= new())._records, context, out _)++;
        return trace;
    }

    /// <summary>Writes the spans: the batch is in the state and in Redis, and what was refused is in the dead-letter topic.</summary>
    /// <param name="refused">The dead letters, with reasons.</param>
    /// <returns>The spans' contexts.</returns>
    public IReadOnlyList<ActivityContext> End(IReadOnlyList<(ConsumeResult<byte[], byte[]> Record, string Reason)> refused)
    {
        var reasons = new Dictionary<ActivityContext, string>();
        foreach (var (record, reason) in refused)
            if (TraceHeaders.TryRead(record.Message.Headers, out var context))
                reasons.TryAdd(context, reason);
        var spans = new List<ActivityContext>(_records.Count);
        foreach (var (producer, count) in _records)
        {
            using var span = GraphBuilderTracing.Source.StartActivity("process events", ActivityKind.Consumer, producer, startTime: _start);
            if (span is null)
                continue;
            span.SetTag("messaging.system", "kafka");
            span.SetTag("messaging.operation.type", "process");
            span.SetTag("messaging.batch.message_count", count);
            if (reasons.TryGetValue(producer, out var reason))
                span.SetStatus(ActivityStatusCode.Error, $"Sent to the dead-letter topic: {reason}");
            spans.Add(span.Context);
        }
        return spans;
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.Consuming;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Consuming;

public sealed class BatchTraceTests : IDisposable
{
    private const string First = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Second = "00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01";
    private const string NotSampled = "00-2af7651916cd43dd8448eb211c80319c-d7ad6b7169203331-00";

    private readonly ConcurrentQueue<Activity> _spans = new();
    private ActivityListener? _listener;

    public void Dispose() => _listener?.Dispose();

    [Fact]
    public void End_RecordsOfTwoTraces_OneSpanEachUnderItsProducer()
    {
        Listen();

        var contexts = BatchTrace.Begin([Record(First), Record(null), Record(Second), Record(First), Record(NotSampled)])!.End([]);

        var spans = _spans.OrderBy(s => s.ParentId).ToArray();
        Assert.Equal([First, Second], spans.Select(s => s.ParentId));
        Assert.Equal([2, 1], spans.Select(s => s.GetTagItem("messaging.batch.message_count")));
        Assert.All(spans, s => Assert.Equal(ActivityKind.Consumer, s.Kind));
        Assert.Equal(spans.Select(s => s.SpanId).Order(Comparer), contexts.Select(c => c.SpanId).Order(Comparer));
    }

    [Fact]
    public void End_RefusedRecord_FailsTheSpanOfItsTraceAlone()
    {
        Listen();
        var refused = Record(Second);

        BatchTrace.Begin([Record(First), refused])!.End([(refused, "item_id: is empty")]);

        var statuses = _spans.ToDictionary(s => s.ParentId!, s => (s.Status, s.StatusDescription));
        Assert.Equal((ActivityStatusCode.Unset, null), statuses[First]);
        Assert.Equal((ActivityStatusCode.Error, "Sent to the dead-letter topic: item_id: is empty"), statuses[Second]);
    }

    [Fact]
    public void Begin_NoSampledRecordOrNoListener_IsNothing()
    {
        Assert.Null(BatchTrace.Begin([Record(First)]));
        Listen();
        Assert.Null(BatchTrace.Begin([Record(null), Record(NotSampled)]));
    }

    private static readonly Comparer<ActivitySpanId> Comparer = Comparer<ActivitySpanId>.Create((a, b) => string.CompareOrdinal(a.ToHexString(), b.ToHexString()));

    private static ConsumeResult<byte[], byte[]> Record(string? traceparent) => new()
    {
        Message = new() { Headers = traceparent is null ? null : new Headers { { "traceparent", Encoding.ASCII.GetBytes(traceparent) } } },
    };

    private void Listen()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "Rearm.Streaming.GraphBuilder",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }
}

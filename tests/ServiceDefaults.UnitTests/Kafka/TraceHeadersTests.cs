using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Kafka;

public sealed class TraceHeadersTests
{
    private const string Sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void Of_SampledActivity_IsReadBackAsItsContext()
    {
        using var activity = new Activity("a") { ActivityTraceFlags = ActivityTraceFlags.Recorded, TraceStateString = "shop=1" }.SetIdFormat(ActivityIdFormat.W3C).Start();

        var headers = Assert.IsType<Headers>(TraceHeaders.Of(activity));

        Assert.True(TraceHeaders.TryRead(headers, out var producer));
        Assert.Equal((activity.TraceId, activity.SpanId, "shop=1", true), (producer.TraceId, producer.SpanId, producer.TraceState, producer.IsRemote));
        Assert.Equal(activity.Id, Encoding.ASCII.GetString(headers.GetLastBytes("traceparent")));
    }

    [Fact]
    public void Of_ActivityThatIsNotSampled_IsNothing()
    {
        using var activity = new Activity("a").SetIdFormat(ActivityIdFormat.W3C).Start();

        Assert.Null(TraceHeaders.Of(activity));
        Assert.Null(TraceHeaders.Of(null));
    }

    [Theory]
    [InlineData(Sampled, true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", false)]
    [InlineData("ÿ", false)]
    [InlineData("", false)]
    public void TryRead_AnyTraceparent_IsATraceOnlyIfValidAndSampled(string traceparent, bool expected) =>
        Assert.Equal(expected, TraceHeaders.TryRead(new Headers { { "traceparent", Encoding.UTF8.GetBytes(traceparent) } }, out _));

    [Fact]
    public void TryRead_NoHeaders_IsNoTrace()
    {
        Assert.False(TraceHeaders.TryRead(null, out _));
        Assert.False(TraceHeaders.TryRead([], out _));
        Assert.False(TraceHeaders.TryRead(new Headers { { "other", [1] } }, out _));
    }
}

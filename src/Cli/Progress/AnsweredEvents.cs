using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Cli.Progress;

/// <summary>Tells of the events of a sending that have a final answer. Progress&lt;T&gt; would post to the thread pool, out of order.</summary>
internal sealed class AnsweredEvents : IProgress<SendProgress>
{
    private readonly IProgress<long> _to;

    private AnsweredEvents(IProgress<long> to) => _to = to;

    /// <summary>Null: nobody wants to know.</summary>
    public static AnsweredEvents? To(ProgressOf? progress, string what, string unit, long total) => progress is null ? null : new(progress(what, unit, total));

    public void Report(SendProgress value) => _to.Report(value.Done);
}

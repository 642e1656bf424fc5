using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Testing;

/// <summary>Keeps what work told of its progress; <see cref="Begin"/> is a <see cref="ProgressOf"/>.</summary>
public sealed class KeptProgress
{
    private readonly Lock _lock = new();

    /// <summary>The steps in their order.</summary>
    public List<WorkStep> Steps { get; } = [];

    public IProgress<long> Begin(string what, string unit, long total)
    {
        var step = new WorkStep(what, unit, total);
        lock (_lock)
            Steps.Add(step);
        return step;
    }

    /// <summary>A step: what was told last is what counts most.</summary>
    public sealed record WorkStep(string What, string Unit, long Total) : IProgress<long>
    {
        private long _most;

        /// <summary>The greatest number that was told.</summary>
        public long Most => Interlocked.Read(ref _most);

        public void Report(long value)
        {
            for (var seen = Most; value > seen && Interlocked.CompareExchange(ref _most, value, seen) != seen; seen = Most)
                continue;
        }
    }
}

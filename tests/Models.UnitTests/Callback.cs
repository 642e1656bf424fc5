namespace Rearm.Streaming.Models.UnitTests;

/// <summary>Progress that is reported at once; <see cref="Progress{T}"/> would post to the thread pool, out of order.</summary>
internal sealed class Callback<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}

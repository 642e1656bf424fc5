using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests;

/// <summary>Runs something on another number of threads than the other tests do.</summary>
internal static class Threads
{
    public static T On<T>(int threads, Func<T> compute)
    {
        var before = get_num_threads();
        set_num_threads(threads);
        try
        {
            return compute();
        }
        finally
        {
            set_num_threads(before);
        }
    }
}

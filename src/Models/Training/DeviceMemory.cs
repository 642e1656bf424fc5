using System.Runtime.InteropServices;

namespace Rearm.Streaming.Models.Training;

/// <summary>Says what to do where torch finds no memory for a tensor.</summary>
internal static class DeviceMemory
{
    // Of libtorch's allocators: on CUDA, and on the CPU of each platform. TorchSharp has no exception of its own for it.
    private static readonly string[] Words = ["out of memory", "can't allocate memory", "not enough memory"];

    /// <summary>Does some work; where memory runs out, it fails with <paramref name="advice"/>.</summary>
    /// <param name="work">The work.</param>
    /// <param name="advice">A sentence that names what to lower.</param>
    /// <exception cref="TrainingException">Memory ran out.</exception>
    internal static T Guard<T>(Func<T> work, string advice)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (RanOut(e))
        {
            throw new TrainingException($"The memory to train in ran out: {e.Message.Split('\n')[0].Trim()} {advice}", e);
        }
    }

    private static bool RanOut(Exception e) =>
        e is OutOfMemoryException || (e is ExternalException && Words.Any(words => e.Message.Contains(words, StringComparison.OrdinalIgnoreCase)));
}

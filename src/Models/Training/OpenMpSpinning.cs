using System.Runtime.InteropServices;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// Keeps libtorch's OpenMP threads from spinning for long after each operator. By default they hold their cores for milliseconds: whatever
/// else runs there, our own kernels included, has to wait, and training beside other work slows down many times over.
/// </summary>
internal static partial class OpenMpSpinning
{
    private const string Variable = "GOMP_SPINCOUNT";

    // A few microseconds: enough to bridge the gap between two operators.
    private const string Iterations = "10000";

    private const int KeepExisting = 0;

    /// <summary>Has effect only before libtorch is loaded. What the environment says already stays.</summary>
    public static void Limit()
    {
        // Environment.SetEnvironmentVariable does not reach native code.
        if (OperatingSystem.IsLinux())
            _ = SetEnvironment(Variable, Iterations, KeepExisting);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}

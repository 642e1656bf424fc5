using System.Runtime.InteropServices;

namespace Rearm.Streaming.Models.Training;

/// <summary>What libtorch's libraries read from the environment when they are loaded.</summary>
internal static partial class LibtorchEnvironment
{
    private const int KeepExisting = 0;

    private static readonly (string Name, string Value)[] Variables =
    [
        // How long OpenMP threads spin after each operator, in pauses of some ten nanoseconds: enough to bridge the gap between two operators.
        // By default they hold their cores for milliseconds, and whatever else runs there, our own kernels included, has to wait.
        ("GOMP_SPINCOUNT", "1000"),
        // Matrix products are the same bits on any number of threads.
        ("MKL_CBWR", "AUTO,STRICT"),
    ];

    /// <summary>Has effect only before libtorch is loaded. What the environment says already stays.</summary>
    public static void Prepare()
    {
        // Environment.SetEnvironmentVariable does not reach native code.
        if (OperatingSystem.IsLinux())
            foreach (var (name, value) in Variables)
                _ = SetEnvironment(name, value, KeepExisting);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}

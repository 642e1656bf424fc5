using System.Runtime.InteropServices;

namespace Rearm.Streaming.Models.Training;

/// <summary>What libtorch's libraries read from the environment when they are loaded, and the memory that they leave.</summary>
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

    /// <summary>
    /// Gives memory that has been freed back to the system. Every training has a thread of its own, and glibc cuts up another part of memory for almost each
    /// thread, which it would keep.
    /// </summary>
    public static void ReturnFreedMemory()
    {
        if (OperatingSystem.IsLinux())
            _ = TrimMemory(0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimMemory(nuint keep);
}

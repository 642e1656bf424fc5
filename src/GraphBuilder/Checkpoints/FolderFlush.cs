using System.Runtime.InteropServices;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// Has the disk keep a folder's entries. Flushing a file keeps what is in it; that it has been renamed stands in its folder, which .NET
/// has no way to flush.
/// </summary>
internal static partial class FolderFlush
{
    private const int ReadOnly = 0;

    /// <summary>Returns when the disk has the folder's names. Does nothing on Windows, whose file systems journal them.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            throw Failure("open", folder);
        try
        {
            if (Synchronize(descriptor) < 0)
                throw Failure("flush", folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string what, string folder) =>
        new($"Could not {what} the folder {folder}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

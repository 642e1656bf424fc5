using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>
/// The Trainer's folder. A file is replaced as a whole: a kill leaves the old one or the new one. One that stands by may share it, and takes erased users out
/// of what the other one writes, so that a lock within this process does not do.
/// </summary>
internal sealed class CheckpointFolder(IOptions<TrainerOptions> options)
{
    // Longer than a large file takes on a slow volume.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private FileStream? _lockFile;
    private int _holds;

    /// <summary>
    /// Keeps this process's other threads, and other processes, from writing until it is disposed of, by the same thread. Held while a file is written, or read to
    /// be written anew.
    /// </summary>
    /// <exception cref="IOException">Another process holds it all the time, or the folder can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    internal IDisposable Hold()
    {
        _lock.Enter();
        try
        {
            if (_holds == 0)
                _lockFile = OpenLockFile();
            _holds++;
            return new Held(this);
        }
        catch
        {
            _lock.Exit();
            throw;
        }
    }

    /// <summary>A file's full name.</summary>
    internal string PathOf(string name) => Path.Combine(options.Value.CheckpointDirectory, name);

    /// <summary>The files of a pattern, e.g. run.*.ckpt.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    internal string[] Find(string pattern) =>
        Directory.Exists(options.Value.CheckpointDirectory) ? Directory.GetFiles(options.Value.CheckpointDirectory, pattern) : [];

    /// <summary>Writes a file, or replaces it.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal void Write(string path, Action<Stream> content)
    {
        using (Hold())
        {
            var partial = path + ".partial";
            using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                content(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
    }

    // The operating system lets go of it when its process ends, however it ends.
    private FileStream OpenLockFile()
    {
        Directory.CreateDirectory(options.Value.CheckpointDirectory);
        for (var since = Stopwatch.GetTimestamp(); ; Thread.Sleep(BetweenAttempts))
            try
            {
                return new(PathOf("lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e) && Stopwatch.GetElapsedTime(since) < Patience)
            {
                // Another process writes, or takes erased users out.
            }
    }

    // EWOULDBLOCK on Linux and on macOS, a sharing violation on Windows. A folder that can't be written is not waited for.
    private static bool IsHeld(IOException e) => (e.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11);

    private void LetGo()
    {
        if (--_holds == 0)
        {
            _lockFile!.Dispose();
            _lockFile = null;
        }
        _lock.Exit();
    }

    private sealed class Held(CheckpointFolder folder) : IDisposable
    {
        public void Dispose() => folder.LetGo();
    }
}

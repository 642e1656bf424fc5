using Microsoft.Extensions.Options;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>The Trainer's folder. A file is replaced as a whole: a kill leaves the old one or the new one.</summary>
internal sealed class CheckpointFolder(IOptions<TrainerOptions> options)
{
    /// <summary>Held while a file is written, or read to be written anew.</summary>
    internal Lock Lock { get; } = new();

    /// <summary>A file's full name.</summary>
    internal string PathOf(string name) => Path.Combine(options.Value.CheckpointDirectory, name);

    /// <summary>The files of a pattern, e.g. run.*.ckpt.</summary>
    internal string[] Find(string pattern) =>
        Directory.Exists(options.Value.CheckpointDirectory) ? Directory.GetFiles(options.Value.CheckpointDirectory, pattern) : [];

    /// <summary>Writes a file, or replaces it.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal void Write(string path, Action<Stream> content)
    {
        lock (Lock)
        {
            Directory.CreateDirectory(options.Value.CheckpointDirectory);
            var partial = path + ".partial";
            using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                content(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
    }
}

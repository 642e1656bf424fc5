using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>The one checkpoint file, replaced as a whole: a kill leaves the old one or the new one.</summary>
internal sealed partial class CheckpointStore(IOptions<TrainerOptions> options, ILogger<CheckpointStore> logger)
{
    private string FilePath => Path.Combine(options.Value.CheckpointDirectory, "model.ckpt");

    /// <summary>Replaces the file. A failure is logged: it costs the next run its warm start, but not this run its result.</summary>
    internal void Save(ModelCheckpoint checkpoint)
    {
        try
        {
            Directory.CreateDirectory(options.Value.CheckpointDirectory);
            var partial = FilePath + ".partial";
            using (var file = new FileStream(partial, FileMode.Create))
            {
                file.Write(CheckpointCodec.Write(checkpoint));
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, FilePath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(FilePath, e.Message);
        }
    }

    /// <summary>The last run's parameters; null where there are none, or they can't be used, which is logged.</summary>
    internal ModelCheckpoint? TryLoad()
    {
        if (!File.Exists(FilePath))
            return null;
        try
        {
            return CheckpointCodec.Read(File.ReadAllBytes(FilePath));
        }
        catch (Exception e) when (e is ContractException or IOException or UnauthorizedAccessException)
        {
            LogUnusable(FilePath, e.Message);
            return null;
        }
    }

    [LoggerMessage(3201, LogLevel.Warning, "The checkpoint {Path} can't be used, so training starts from scratch: {Reason}")]
    private partial void LogUnusable(string path, string reason);

    [LoggerMessage(3202, LogLevel.Warning, "The checkpoint {Path} could not be written, so the next run may start from scratch: {Reason}")]
    private partial void LogNotSaved(string path, string reason);
}

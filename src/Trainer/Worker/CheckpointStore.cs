using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>The one checkpoint file: the best parameters of the last run, with the optimizer's state, for the next to start from.</summary>
internal sealed partial class CheckpointStore(CheckpointFolder folder, ILogger<CheckpointStore> logger)
{
    private string FilePath => folder.PathOf("model.ckpt");

    /// <summary>When the file was last written; a time long ago if there is none.</summary>
    internal DateTime WrittenAt => File.GetLastWriteTimeUtc(FilePath);

    /// <summary>Replaces the file. A failure is logged: it costs the next run its warm start, but not this run its result.</summary>
    internal void Save(ModelCheckpoint checkpoint)
    {
        try
        {
            folder.Write(FilePath, file => CheckpointCodec.Write(file, checkpoint));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(FilePath, e.Message);
        }
    }

    /// <summary>Takes users' ids out of the file, each replaced by one that nobody has.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="IOException">The folder can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    internal int Forget(Func<string, bool> isErased)
    {
        if (!File.Exists(FilePath))
            return 0;
        using (folder.Hold())
        {
            if (TryLoad() is not { } checkpoint || checkpoint.UserIds.Count(isErased) is not (var users and > 0))
                return 0;
            folder.Write(FilePath, file => CheckpointCodec.Write(file, checkpoint.WithoutUserIds(isErased)));
            return users;
        }
    }

    /// <summary>The last run's parameters; null where there are none, or they can't be used, which is logged.</summary>
    internal ModelCheckpoint? TryLoad()
    {
        if (!File.Exists(FilePath))
            return null;
        try
        {
            using var file = File.OpenRead(FilePath);
            return CheckpointCodec.Read(file);
        }
        catch (Exception e) when (e is ContractException or IOException or UnauthorizedAccessException)
        {
            LogUnusable(FilePath, e.Message);
            return null;
        }
    }

    /// <summary>Removes the file, where training from it broke down or led to something worse: the next run starts from initial values.</summary>
    /// <param name="reason">What happened, as the beginning of a sentence.</param>
    internal void Discard(string reason = "Training broke down")
    {
        try
        {
            if (!File.Exists(FilePath))
                return;
            using (folder.Hold())
                File.Delete(FilePath);
            LogDiscarded(reason, FilePath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnusable(FilePath, e.Message);
        }
    }

    [LoggerMessage(3201, LogLevel.Warning, "The checkpoint {Path} can't be used, so training starts from scratch: {Reason}")]
    private partial void LogUnusable(string path, string reason);

    [LoggerMessage(3202, LogLevel.Warning, "The checkpoint {Path} could not be written, so the next run may start from scratch: {Reason}")]
    private partial void LogNotSaved(string path, string reason);

    [LoggerMessage(3205, LogLevel.Warning, "{Reason}, so the checkpoint {Path} is removed and the next run starts from scratch")]
    private partial void LogDiscarded(string reason, string path);
}

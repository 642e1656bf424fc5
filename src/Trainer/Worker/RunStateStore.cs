using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>
/// The state of the run under way, one file for each model that it trains, replaced after each epoch and removed when its generation is published. A run
/// goes on from it only on the same snapshot, in the same order of users and items, with the same settings.
/// </summary>
internal sealed partial class RunStateStore(CheckpointFolder folder, ILogger<RunStateStore> logger)
{
    private const string Pattern = "run.*.ckpt";

    /// <summary>When a state was last written; a time long ago if there is none.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    internal DateTime WrittenAt => folder.Find(Pattern).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max();

    /// <summary>The states of one run.</summary>
    /// <param name="run">Which one: snapshot, model and settings.</param>
    /// <param name="snapshot">What it is trained on.</param>
    internal ITrainingStates Of(string run, GraphSnapshot snapshot) => new States(this, run, snapshot);

    /// <summary>Removes all states: the run has ended. A failure is logged: no other run goes on from them.</summary>
    internal void Clear()
    {
        try
        {
            foreach (var path in folder.Find(Pattern + "*"))
                Remove(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(folder.PathOf(Pattern), e.Message);
        }
    }

    /// <summary>Removes states with users who have been erased; the run under way writes them again, and ends all the same.</summary>
    /// <returns>Users of whom there was something.</returns>
    /// <exception cref="IOException">The folder can't be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read or written.</exception>
    internal int Forget(Func<string, bool> isErased)
    {
        var most = 0;
        if (folder.Find(Pattern) is not { Length: > 0 } paths)
            return most;
        using (folder.Hold())
            foreach (var path in paths)
                if (TryRead(path) is { } file && file.State.Current.UserIds.Count(isErased) is var users and > 0)
                {
                    File.Delete(path);
                    most = Math.Max(most, users);
                }
        return most;
    }

    private string PathOf(string model) => folder.PathOf($"run.{model}.ckpt");

    private TrainingState? Load(string path, string run, GraphSnapshot snapshot)
    {
        if (!File.Exists(path))
            return null;
        if (TryRead(path) is not { } file)
        {
            Remove(path);
            return null;
        }
        var state = file.State;
        if (file.Run != run || !state.Current.UserIds.SequenceEqual(snapshot.UserIds) || !state.Current.ItemIds.SequenceEqual(snapshot.ItemIds))
        {
            LogForeign(path, state.Epoch);
            Remove(path);
            return null;
        }
        LogResumed(state.Epoch, state.BestEpoch);
        return state;
    }

    private void Save(string path, string run, TrainingState state)
    {
        try
        {
            folder.Write(path, file => TrainingStateCodec.Write(file, run, state));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(path, e.Message);
        }
    }

    private (string Run, TrainingState State)? TryRead(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return TrainingStateCodec.Read(file);
        }
        catch (Exception e) when (e is ContractException or IOException or UnauthorizedAccessException)
        {
            LogUnusable(path, e.Message);
            return null;
        }
    }

    private void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(path, e.Message);
        }
    }

    [LoggerMessage(3211, LogLevel.Information, "Going on with the run that was interrupted after epoch {Epoch}; the best so far is epoch {Best}")]
    private partial void LogResumed(int epoch, int best);

    [LoggerMessage(3212, LogLevel.Information, "The run that {Path} was interrupted in after epoch {Epoch} was on another snapshot or with other settings; a new run begins")]
    private partial void LogForeign(string path, int epoch);

    [LoggerMessage(3213, LogLevel.Warning, "The state {Path} of an interrupted run can't be used, so a new run begins: {Reason}")]
    private partial void LogUnusable(string path, string reason);

    [LoggerMessage(3214, LogLevel.Warning, "The run's state {Path} could not be written; if the process ends now, the run begins anew: {Reason}")]
    private partial void LogNotSaved(string path, string reason);

    [LoggerMessage(3215, LogLevel.Warning, "The run's state {Path} could not be removed: {Reason}")]
    private partial void LogNotRemoved(string path, string reason);

    private sealed class States(RunStateStore store, string run, GraphSnapshot snapshot) : ITrainingStates
    {
        public TrainingState? Load(string model) => store.Load(store.PathOf(model), run, snapshot);

        public void Save(string model, TrainingState state) => store.Save(store.PathOf(model), run, state);
    }
}

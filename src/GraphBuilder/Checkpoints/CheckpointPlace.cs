using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// Where the checkpoints of one shard, or of the items, are. Each claim of the place writes into a folder of its own, two checkpoints in turn that share
/// no file: whatever happens to one leaves the one before whole, and a process that was paused and has lost the place can't damage what its successor
/// writes. Any whole checkpoint is valid, whoever wrote it; the one that reflects the most records is the newest.
/// </summary>
/// <param name="path">The place's folder, which all processes share.</param>
/// <param name="writer">This claim's folder in it, which nobody has used before.</param>
/// <param name="logger">Gets what can't be used.</param>
internal sealed partial class CheckpointPlace(string path, string writer, ILogger logger)
{
    private static readonly string[] Turns = ["a", "b"];

    private readonly string _own = Path.Combine(path, writer);
    private readonly CheckpointFolder[] _folders = [.. Turns.Select(t => new CheckpointFolder(Path.Combine(path, writer, t)))];
    private HashSet<string>? _earlier;
    private long _saved;

    /// <summary>The newest checkpoint's manifest; null if there is none that can be read.</summary>
    public CheckpointManifest? Newest() => Find((_, _) => { }).FirstOrDefault().Manifest;

    /// <summary>Restores the newest checkpoint that is whole.</summary>
    /// <param name="restore">Restores one, into something new.</param>
    /// <returns>What it gave, with its manifest; null if there has been none.</returns>
    /// <exception cref="ContractException">There are checkpoints, but none is whole.</exception>
    public (T Restored, CheckpointManifest Manifest)? Load<T>(Func<CheckpointFolder, CheckpointManifest, T> restore)
        where T : class
    {
        ContractException? damage = null;
        foreach (var (folder, manifest) in Find(OnDamage))
            try
            {
                var restored = restore(folder, manifest);
                if (damage is not null)
                    LogFellBack(folder.Path);
                return (restored, manifest);
            }
            catch (ContractException e)
            {
                OnDamage(folder.Path, e);
            }
        return damage is null
            ? null
            : throw new ContractException(
                $"No checkpoint in {path} can be read ({damage.Message}). Restore one from a backup, or move the folder away to build it again from what Kafka still "
                + "holds.", damage);

        void OnDamage(string path, ContractException e)
        {
            LogDamaged(path, e.Message);
            damage = e;
        }
    }

    /// <summary>
    /// Begins to write here: what others have left so far goes once there are two checkpoints of our own. What comes later is not ours to delete, since this
    /// may be the process that was paused.
    /// </summary>
    public void Claim() => _earlier ??= [.. Writers().Where(d => d != _own)];

    /// <summary>
    /// Writes a checkpoint. When it returns, the disk has it; should it fail or be cut off, the one before stands. One call at a time, on any thread.
    /// </summary>
    /// <returns>Bytes written: only what has changed since the folder was written last.</returns>
    /// <exception cref="IOException">The disk is full, or the folder can't be written.</exception>
    public long Save(CheckpointContent content)
    {
        Claim();
        if (!Directory.Exists(_own))
            Create();
        var bytes = _folders[_saved % 2].Write(_saved + 1, content);
        _saved++;
        // From here on there are two of our own.
        if (_saved >= 2)
            DeleteEarlier();
        return bytes;
    }

    private List<(CheckpointFolder Folder, CheckpointManifest Manifest)> Find(Action<string, ContractException> onDamage)
    {
        var found = new List<(CheckpointFolder Folder, CheckpointManifest Manifest)>();
        foreach (var folder in ReadableWriters(onDamage).SelectMany(_ => Turns, Path.Combine))
            try
            {
                var candidate = new CheckpointFolder(folder);
                if (candidate.ReadManifest() is { } manifest)
                    found.Add((candidate, manifest));
            }
            catch (ContractException e)
            {
                onDamage(folder, e);
            }
        return [.. found.OrderByDescending(f => f.Manifest.Progress).ThenByDescending(f => f.Manifest.TakenAt).ThenByDescending(f => f.Manifest.Number)];
    }

    private string[] ReadableWriters(Action<string, ContractException> onDamage)
    {
        try
        {
            return Writers();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            onDamage(path, new ContractException($"The folder {path} can't be read: {e.Message}", e));
            return [];
        }
    }

    private string[] Writers()
    {
        try
        {
            return Directory.GetDirectories(path);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private void Create()
    {
        foreach (var folder in _folders)
            Directory.CreateDirectory(folder.Path);
        // The disk has to keep the names all the way up.
        for (var folder = _own; folder is not null && folder.Length >= Path.GetDirectoryName(path)!.Length; folder = Path.GetDirectoryName(folder))
            FolderFlush.Flush(folder);
    }

    // Whoever is erased from now on must not stay there. One that was paused may write there once more, so look again with each checkpoint.
    private void DeleteEarlier()
    {
        foreach (var folder in _earlier!.Where(Directory.Exists))
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotDeleted(folder, e.Message);
            }
    }

    [LoggerMessage(2002, LogLevel.Error, "The checkpoint in {Path} can't be used: {Reason}")]
    private partial void LogDamaged(string path, string reason);

    [LoggerMessage(2003, LogLevel.Warning, "Going on from the older checkpoint in {Path}: what came after it is read again from Kafka")]
    private partial void LogFellBack(string path);

    [LoggerMessage(2006, LogLevel.Warning, "Could not delete the checkpoints of an earlier owner in {Path}, trying again after the next one: {Reason}")]
    private partial void LogNotDeleted(string path, string reason);
}

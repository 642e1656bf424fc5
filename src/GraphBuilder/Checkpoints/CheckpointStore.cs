using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// Checkpoints on disk: state and offsets in one, so that they can't come apart. Two folders take turns and share no file, so whatever happens to one
/// leaves the checkpoint before it whole. The directory belongs to one process at a time.
/// </summary>
internal sealed partial class CheckpointStore : IDisposable
{
    private readonly string _directory;
    private readonly ILogger<CheckpointStore> _logger;
    private readonly CheckpointFolder[] _folders;
    private FileStream? _lock;
    private long _number;

    // The folder that is written next: not the one with the newest whole checkpoint.
    private int _next;

    public CheckpointStore(IOptions<GraphBuilderOptions> options, ILogger<CheckpointStore> logger)
    {
        (_directory, _logger) = (options.Value.CheckpointDirectory, logger);
        _folders = [new(Path.Combine(_directory, "a")), new(Path.Combine(_directory, "b"))];
    }

    /// <summary>
    /// Names the directory, in a file in it: whoever has the directory is the one and only process of this owner.
    /// </summary>
    /// <exception cref="IOException">Another process has the directory, or it can't be used.</exception>
    public string Owner
    {
        get
        {
            Lock();
            var path = Path.Combine(_directory, "owner");
            if (!File.Exists(path) || File.ReadAllText(path) is not { Length: > 0 and < 200 })
                File.WriteAllText(path, $"{Environment.MachineName}:{Guid.NewGuid():N}");
            return File.ReadAllText(path);
        }
    }

    /// <summary>The newest checkpoint that is whole; an empty state without offsets when there has been none.</summary>
    /// <exception cref="ContractException">There are checkpoints, but none is whole.</exception>
    /// <exception cref="IOException">Another process has the directory, or it can't be used.</exception>
    public Checkpoint Load()
    {
        Lock();
        ContractException? damage = null;
        foreach (var (folder, manifest) in Manifests(ref damage).OrderByDescending(f => f.Manifest.Number))
        {
            _number = Math.Max(_number, manifest.Number);
            try
            {
                var state = new GraphState();
                _folders[folder].Restore(manifest, state);
                if (damage is not null)
                    LogFellBack(_folders[folder].Path);
                LogLoaded(_folders[folder].Path, state.ActivePairs, state.ActiveUsers, state.ActiveItems);
                _next = 1 - folder;
                return new(state, manifest.Offsets);
            }
            catch (ContractException e)
            {
                LogDamaged(_folders[folder].Path, e.Message);
                damage = e;
            }
        }
        if (damage is not null)
            throw new ContractException(
                $"No checkpoint in {_directory} can be read ({damage.Message}). Restore one from a backup, or move the folder away to build everything again from what Kafka still holds.", damage);
        return new(new(), new Dictionary<TopicPartition, long>());
    }

    /// <summary>Writes a checkpoint. When it returns, the disk has it; should it fail or be cut off, the one before stands. One call at a time, on any thread.</summary>
    /// <returns>Bytes written: only what has changed since the folder was written last.</returns>
    /// <exception cref="IOException">The disk is full, or the folder can't be written.</exception>
    public long Save(FrozenState state, IReadOnlyDictionary<TopicPartition, long> offsets)
    {
        var bytes = _folders[_next].Write(_number + 1, state, offsets);
        _number++;
        _next = 1 - _next;
        return bytes;
    }

    public void Dispose() => _lock?.Dispose();

    private List<(int Folder, CheckpointManifest Manifest)> Manifests(ref ContractException? damage)
    {
        var found = new List<(int, CheckpointManifest)>();
        for (var folder = 0; folder < _folders.Length; folder++)
            try
            {
                if (_folders[folder].ReadManifest() is { } manifest)
                    found.Add((folder, manifest));
            }
            catch (ContractException e)
            {
                LogDamaged(_folders[folder].Path, e.Message);
                damage = e;
            }
        return found;
    }

    private void Lock()
    {
        Directory.CreateDirectory(_directory);
        try
        {
            _lock ??= new FileStream(Path.Combine(_directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The checkpoint folder {_directory} is in use by another graph-builder ({e.Message}). Stop it, or set {GraphBuilderOptions.Section}:{nameof(GraphBuilderOptions.CheckpointDirectory)} to a folder of its own.", e);
        }
    }

    [LoggerMessage(2001, LogLevel.Information, "Loaded the checkpoint in {Path}: {Pairs} interactions of {Users} users with {Items} items")]
    private partial void LogLoaded(string path, long pairs, int users, int items);

    [LoggerMessage(2002, LogLevel.Error, "The checkpoint in {Path} can't be used: {Reason}")]
    private partial void LogDamaged(string path, string reason);

    [LoggerMessage(2003, LogLevel.Warning, "Going on from the older checkpoint in {Path}: what came after it is read again from Kafka")]
    private partial void LogFellBack(string path);
}

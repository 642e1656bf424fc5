using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// The checkpoint on disk: one file, replaced atomically, and the one before it. State and offsets can't come apart, because they are one
/// file. The folder belongs to one process at a time.
/// </summary>
internal sealed partial class CheckpointStore : IDisposable
{
    private readonly string _directory;
    private readonly ILogger<CheckpointStore> _logger;
    private readonly Func<GraphState> _newState;
    private FileStream? _lock;

    public CheckpointStore(IOptions<GraphBuilderOptions> options, ILogger<CheckpointStore> logger)
    {
        _directory = options.Value.CheckpointDirectory;
        _logger = logger;
        _newState = () => new GraphState(options.Value.Limits);
    }

    private string Current => Path.Combine(_directory, "checkpoint.bin");

    private string Previous => Path.Combine(_directory, "checkpoint.previous.bin");

    private string Damaged => Path.Combine(_directory, "checkpoint.damaged.bin");

    private string Next => Path.Combine(_directory, "checkpoint.next.bin");

    /// <summary>
    /// The newest checkpoint that is whole; an empty state without offsets when there has been none. A newest one that is damaged is set
    /// aside as checkpoint.damaged.bin.
    /// </summary>
    /// <exception cref="ContractException">There are checkpoints, but none is whole.</exception>
    /// <exception cref="IOException">Another process has the folder, or it can't be used.</exception>
    public Checkpoint Load()
    {
        Directory.CreateDirectory(_directory);
        Lock();
        ContractException? damage = null;
        foreach (var path in new[] { Current, Previous })
        {
            if (!File.Exists(path))
                continue;
            try
            {
                using var file = File.OpenRead(path);
                var state = _newState();
                var offsets = CheckpointCodec.Read(file, state);
                if (damage is not null)
                {
                    LogFellBack(path);
                    // Left in its place, the next save would put it in the place of this good one.
                    File.Move(Current, Damaged, overwrite: true);
                    FolderFlush.Flush(_directory);
                }
                LogLoaded(path, state.ActivePairs, state.ActiveUsers, state.ActiveItems);
                return new(state, offsets);
            }
            catch (ContractException e)
            {
                LogDamaged(path, e.Message);
                damage = e;
            }
        }
        if (damage is not null)
            throw new ContractException(
                $"No checkpoint in {_directory} can be read ({damage.Message}). Restore one from a backup, or move the folder away to build everything again from what Kafka still holds.", damage);
        return new(_newState(), new Dictionary<TopicPartition, long>());
    }

    /// <summary>Writes a checkpoint. When it returns, the disk has it; should it fail or be cut off, the one before stands.</summary>
    /// <returns>Bytes written.</returns>
    public long Save(GraphState state, IReadOnlyDictionary<TopicPartition, long> offsets)
    {
        long length;
        using (var file = new FileStream(Next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            CheckpointCodec.Write(file, state, offsets);
            file.Flush(flushToDisk: true);
            length = file.Length;
        }
        // Cut off between the two, the previous one is found and nothing but time is lost.
        if (File.Exists(Current))
            File.Move(Current, Previous, overwrite: true);
        File.Move(Next, Current);
        FolderFlush.Flush(_directory);
        return length;
    }

    public void Dispose() => _lock?.Dispose();

    private void Lock()
    {
        try
        {
            _lock ??= new FileStream(Path.Combine(_directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The checkpoint folder {_directory} is in use by another graph-builder ({e.Message}). Stop it, or set {GraphBuilderOptions.Section}:{nameof(GraphBuilderOptions.CheckpointDirectory)} to a folder of its own.", e);
        }
    }

    [LoggerMessage(2001, LogLevel.Information, "Loaded checkpoint {Path}: {Pairs} interactions of {Users} users with {Items} items")]
    private partial void LogLoaded(string path, int pairs, int users, int items);

    [LoggerMessage(2002, LogLevel.Error, "Checkpoint {Path} can't be used: {Reason}")]
    private partial void LogDamaged(string path, string reason);

    [LoggerMessage(2003, LogLevel.Warning, "Going on from the older checkpoint {Path}: what came after it is read again from Kafka")]
    private partial void LogFellBack(string path);
}

using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>One of the two folders that checkpoints are written to in turn. Whole at any moment: its manifest is replaced atomically, once all its slabs are there.</summary>
/// <param name="path">The folder.</param>
internal sealed class CheckpointFolder(string path)
{
    private readonly SlabFiles _items = new(path);
    private readonly SlabFiles _users = new(path);

    public string Path => path;

    private string ManifestFile => System.IO.Path.Combine(path, "manifest");

    /// <summary>The folder's checkpoint; null if it has none.</summary>
    /// <exception cref="ContractException">The manifest is damaged.</exception>
    public CheckpointManifest? ReadManifest() => File.Exists(ManifestFile) ? CheckpointManifest.Read(File.ReadAllBytes(ManifestFile)) : null;

    /// <summary>Restores the state that a manifest of this folder describes.</summary>
    /// <exception cref="ContractException">A slab is missing, truncated or damaged.</exception>
    public void Restore(CheckpointManifest manifest, GraphState state)
    {
        try
        {
            state.ReadUpTo(manifest.EventTime);
            foreach (var (hash, time) in manifest.Erasures)
                state.Restore(hash, time);
            foreach (var slab in manifest.Items)
                SlabFiles.Read(path, slab, reader => StateCodec.ReadItems(reader, state));
            foreach (var slab in manifest.Users)
                SlabFiles.Read(path, slab, reader => StateCodec.ReadUsers(reader, state));
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException)
        {
            throw new ContractException($"The checkpoint in {path} is malformed: {e.Message}", e);
        }
    }

    /// <summary>Writes a checkpoint. When it returns, the disk has it; should it fail or be cut off, the folder's last one stands.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="IOException">The disk is full, or the folder can't be written.</exception>
    public long Write(long number, FrozenState state, IReadOnlyDictionary<TopicPartition, long> offsets)
    {
        Directory.CreateDirectory(path);
        var bytes = 0L;
        try
        {
            var manifest = new CheckpointManifest
            {
                Number = number,
                EventTime = state.EventTime,
                Offsets = offsets,
                Erasures = state.Erasures,
                Items = _items.Write(state.ItemIds, state.Items, (w, slab) => StateCodec.WriteItems(w, state.ItemIds.Slab(slab), state.Items.Slab(slab)), ref bytes),
                Users = _users.Write(state.UserIds, state.Users, (w, slab) => StateCodec.WriteUsers(w, state.UserIds.Slab(slab), state.Users.Slab(slab)), ref bytes),
            };
            bytes += WriteManifest(manifest.ToBytes());
            SlabFiles.DeleteOthers(path, manifest.Slabs);
            return bytes;
        }
        catch
        {
            _items.Forget();
            _users.Forget();
            throw;
        }
    }

    private int WriteManifest(byte[] bytes)
    {
        var next = ManifestFile + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        // The slabs' names first, then the manifest that needs them.
        FolderFlush.Flush(path);
        File.Move(next, ManifestFile, overwrite: true);
        FolderFlush.Flush(path);
        return bytes.Length;
    }
}

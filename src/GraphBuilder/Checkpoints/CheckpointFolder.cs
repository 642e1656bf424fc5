using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>One of the two folders that a writer uses in turn. Whole at any moment: its manifest is replaced in one step, once all slabs are there.</summary>
/// <param name="path">The folder.</param>
internal sealed class CheckpointFolder(string path)
{
    private readonly SlabFiles _items = new(path);
    private readonly SlabFiles _itemIds = new(path);
    private readonly SlabFiles _users = new(path);

    public string Path => path;

    private string ManifestFile => System.IO.Path.Combine(path, "manifest");

    /// <summary>The folder's checkpoint; null if it has none.</summary>
    /// <exception cref="ContractException">The manifest is damaged.</exception>
    public CheckpointManifest? ReadManifest()
    {
        try
        {
            return CheckpointManifest.Read(File.ReadAllBytes(ManifestFile));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (IOException e)
        {
            throw new ContractException($"The manifest can't be read: {e.Message}", e);
        }
    }

    /// <summary>The items that a manifest of this folder describes; of attributes that the state does not keep nothing is.</summary>
    /// <param name="manifest">What to restore.</param>
    /// <param name="state">Takes them: one that is empty yet.</param>
    /// <param name="slabs">Told of slabs read.</param>
    /// <returns>The state.</returns>
    /// <exception cref="ContractException">A slab is missing, truncated or damaged.</exception>
    public GraphState RestoreItems(CheckpointManifest manifest, GraphState state, IProgress<long>? slabs = null) => Restore(() =>
    {
        state.ItemsReadUpTo(manifest.EventTime);
        foreach (var (n, slab) in manifest.Items.Index())
        {
            SlabFiles.Read(path, slab, reader => StateCodec.ReadItems(reader, state));
            slabs?.Report(n + 1);
        }
        return state;
    });

    /// <summary>
    /// The shard that a manifest of this folder describes. Whoever wrote it numbered the items otherwise than <paramref name="state"/> does, and maybe the
    /// event types; of types that the state does not have nothing is kept.
    /// </summary>
    /// <param name="manifest">What to restore.</param>
    /// <param name="partition">The shard's partition.</param>
    /// <param name="state">Gives items their numbers; the shard is not added to it.</param>
    /// <param name="slabs">Told of users' slabs read.</param>
    /// <exception cref="ContractException">A slab is missing, truncated or damaged.</exception>
    public UserShard RestoreShard(CheckpointManifest manifest, int partition, GraphState state, IProgress<long>? slabs = null) => Restore(() =>
    {
        var shard = state.NewShard(partition, manifest.TakenAt);
        shard.ReadUpTo(manifest.EventTime);
        foreach (var (hash, time) in manifest.Erasures)
            shard.Restore(hash, time);
        var items = new ItemNumbers(state);
        var types = new TypeBits(manifest.TypeNames, state.TypeNames);
        foreach (var slab in manifest.ItemIds)
            SlabFiles.Read(path, slab, reader => StateCodec.ReadItemIds(reader, items));
        foreach (var (n, slab) in manifest.Users.Index())
        {
            SlabFiles.Read(path, slab, reader => StateCodec.ReadUsers(reader, shard, items, types));
            slabs?.Report(n + 1);
        }
        return shard;
    });

    /// <summary>Writes a checkpoint. When it returns, the disk has it; should it fail or be cut off, the folder's last one stands.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="IOException">The disk is full, or the folder can't be written.</exception>
    public long Write(long number, CheckpointContent content)
    {
        // Somebody else may have deleted it, with all that was written there.
        if (!File.Exists(ManifestFile))
            Forget();
        Directory.CreateDirectory(path);
        var bytes = 0L;
        try
        {
            var (items, shard) = (content.Items, content.Shard);
            var manifest = new CheckpointManifest
            {
                Number = number,
                TakenAt = content.TakenAt.ToUnixTimeMilliseconds(),
                Asked = content.Asked,
                Lag = content.Lag,
                EventTime = shard?.EventTime ?? items.EventTime,
                Offsets = content.Offsets,
                Erasures = shard?.Erasures ?? [],
                TypeNames = shard?.TypeNames ?? [],
                AttributeNames = shard is null ? items.AttributeNames : [],
                Items = shard is null
                    ? _items.Write(items.Ids, items.States, (w, slab) => StateCodec.WriteItems(w, items.Ids.Slab(slab), items.States.Slab(slab)), ref bytes)
                    : [],
                ItemIds = shard is null ? [] : _itemIds.Write(items.Ids, items.Ids, (w, slab) => StateCodec.WriteItemIds(w, items.Ids.Slab(slab)), ref bytes),
                Users = shard is null
                    ? []
                    : _users.Write(
                        shard.UserIds, shard.Users, (w, slab) => StateCodec.WriteUsers(w, shard.UserIds.Slab(slab), shard.Users.Slab(slab)), ref bytes),
            };
            bytes += WriteManifest(manifest.ToBytes());
            SlabFiles.DeleteOthers(path, manifest.Slabs);
            return bytes;
        }
        catch
        {
            Forget();
            throw;
        }
    }

    private void Forget()
    {
        _items.Forget();
        _itemIds.Forget();
        _users.Forget();
    }

    private T Restore<T>(Func<T> restore)
    {
        try
        {
            return restore();
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException)
        {
            throw new ContractException($"The checkpoint in {path} is malformed: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new ContractException($"The checkpoint in {path} can't be read: {e.Message}", e);
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

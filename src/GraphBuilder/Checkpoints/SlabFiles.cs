using System.Security.Cryptography;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// The slabs of one kind in a checkpoint's folder, each a file named by the SHA-256 of its content. A slab that is still the same object as when it
/// was written last has not changed, and is neither encoded nor written again.
/// </summary>
/// <param name="folder">Where they are.</param>
internal sealed class SlabFiles(string folder)
{
    private const string Extension = ".slab";

    private List<(object Ids, object Values, string Name)> _written = [];

    /// <summary>Writes what has changed since the last call.</summary>
    /// <param name="ids">Ids of the entries.</param>
    /// <param name="values">The entries, in slabs like the ids.</param>
    /// <param name="write">Encodes one slab.</param>
    /// <param name="bytes">Bytes written.</param>
    /// <returns>The names of all slabs, in order.</returns>
    public IReadOnlyList<string> Write<T>(FrozenList<byte[]?> ids, FrozenList<T> values, Action<BinaryWriter, int> write, ref long bytes)
    {
        var next = new List<(object Ids, object Values, string Name)>(values.Slabs);
        var buffer = new MemoryStream();
        for (var slab = 0; slab < values.Slabs; slab++)
        {
            var (idSlab, valueSlab) = (ids.Identity(slab), values.Identity(slab));
            if (slab < _written.Count && _written[slab] is var last && ReferenceEquals(last.Ids, idSlab) && ReferenceEquals(last.Values, valueSlab))
            {
                next.Add(last);
                continue;
            }
            buffer.SetLength(0);
            using (var writer = new BinaryWriter(buffer, System.Text.Encoding.UTF8, leaveOpen: true))
                write(writer, slab);
            var content = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
            var name = Convert.ToHexStringLower(SHA256.HashData(content)) + Extension;
            bytes += WriteFile(Path.Combine(folder, name), content);
            next.Add((idSlab, valueSlab, name));
        }
        _written = next;
        return next.ConvertAll(w => w.Name);
    }

    /// <summary>Writes nothing as known: the files may not be what was written.</summary>
    public void Forget() => _written = [];

    /// <summary>Reads a slab and verifies it.</summary>
    /// <exception cref="ContractException">The file is missing, truncated or damaged.</exception>
    public static void Read(string folder, string name, Action<BinaryReader> read)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            throw new ContractException($"Its slab {path} is missing.");
        var content = File.ReadAllBytes(path);
        if (Convert.ToHexStringLower(SHA256.HashData(content)) + Extension != name)
            throw new ContractException($"Its slab {path} is damaged or truncated: the {content.Length} bytes do not match their checksum.");
        using var reader = new BinaryReader(new MemoryStream(content));
        read(reader);
    }

    /// <summary>Deletes the files that <paramref name="kept"/> does not name.</summary>
    public static void DeleteOthers(string folder, IEnumerable<string> kept)
    {
        var names = kept.ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, $"*{Extension}*"))
            if (!names.Contains(Path.GetFileName(path)))
                File.Delete(path);
    }

    private static long WriteFile(string path, ReadOnlySpan<byte> content)
    {
        // The folder's last checkpoint may have a slab of the same content, which must stay whole if this is cut off.
        var next = path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
        return content.Length;
    }
}

using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Build task: marks one required symbol version of a 64-bit little-endian ELF file as weak (VER_FLG_WEAK in .gnu.version_r), so that the
/// loader accepts a library that lacks it. Does nothing where the system's libstdc++ has the version, or the mark is there already.
/// </summary>
public sealed class WeakenSymbolVersion : Task
{
    private const uint VersionNeededSection = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>The file to change in place; an output's copy, never the package's.</summary>
    [Required]
    public string File { get; set; }

    /// <summary>The version's name, e.g. GLIBCXX_3.4.32.</summary>
    [Required]
    public string SymbolVersion { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (SystemHasVersion())
            return true;
        var elf = System.IO.File.ReadAllBytes(File);
        if (!Mark(elf))
            return true;
        // A new file, not a change in place: the copy may be a hard link to the package's.
        var partial = File + ".partial";
        System.IO.File.WriteAllBytes(partial, elf);
        // Of the same age as the original, so that an incremental build does not copy that again.
        System.IO.File.SetLastWriteTimeUtc(partial, System.IO.File.GetLastWriteTimeUtc(File));
        System.IO.File.Delete(File);
        System.IO.File.Move(partial, File);
        Log.LogMessage(MessageImportance.Normal, $"{File}: {SymbolVersion} is weak now");
        return true;
    }

    private bool SystemHasVersion()
    {
        string[] folders = { "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib" };
        var library = folders.Select(folder => Path.Combine(folder, "libstdc++.so.6")).FirstOrDefault(System.IO.File.Exists);
        return library != null && Contains(System.IO.File.ReadAllBytes(library), Encoding.ASCII.GetBytes(SymbolVersion + "\0"));
    }

    private bool Mark(byte[] elf)
    {
        var sections = (long)BitConverter.ToUInt64(elf, 0x28);
        var count = BitConverter.ToUInt16(elf, 0x3c);
        var changed = false;
        for (var s = 0; s < count; s++)
        {
            var section = sections + 64 * s;
            if (BitConverter.ToUInt32(elf, (int)section + 4) != VersionNeededSection)
                continue;
            var names = (long)BitConverter.ToUInt64(elf, (int)(sections + 64 * BitConverter.ToUInt32(elf, (int)section + 40)) + 24);
            for (var need = (long)BitConverter.ToUInt64(elf, (int)section + 24); ;)
            {
                var version = need + BitConverter.ToUInt32(elf, (int)need + 8);
                for (var left = BitConverter.ToUInt16(elf, (int)need + 2); left > 0; left--)
                {
                    if (Text(elf, names + BitConverter.ToUInt32(elf, (int)version + 8)) == SymbolVersion && (elf[version + 4] & Weak) == 0)
                    {
                        elf[version + 4] |= (byte)Weak;
                        changed = true;
                    }
                    version += BitConverter.ToUInt32(elf, (int)version + 12);
                }
                var next = BitConverter.ToUInt32(elf, (int)need + 12);
                if (next == 0)
                    break;
                need += next;
            }
        }
        return changed;
    }

    private static string Text(byte[] bytes, long start) =>
        Encoding.ASCII.GetString(bytes, (int)start, Array.IndexOf(bytes, (byte)0, (int)start) - (int)start);

    private static bool Contains(byte[] bytes, byte[] sought)
    {
        for (var start = Array.IndexOf(bytes, sought[0]); start >= 0 && start + sought.Length <= bytes.Length; start = Array.IndexOf(bytes, sought[0], start + 1))
        {
            var length = 1;
            while (length < sought.Length && bytes[start + length] == sought[length])
                length++;
            if (length == sought.Length)
                return true;
        }
        return false;
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace Rearm.Streaming.Testing.Golden;

/// <summary>Writes .npy files as NumPy does.</summary>
public static class Npy
{
    public static byte[] Bytes<T>(string descr, string shape, T[] values, bool fortran = false, byte version = 1) where T : unmanaged
    {
        var dictionary = $"{{'descr': {(descr.StartsWith('[') ? descr : $"'{descr}'")}, 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}";
        var prefix = version == 1 ? 10 : 12;
        dictionary = dictionary.PadRight((prefix + dictionary.Length + 1 + 63) / 64 * 64 - prefix - 1) + "\n";
        var bytes = new List<byte> { 0x93 };
        bytes.AddRange("NUMPY"u8);
        bytes.AddRange([version, 0]);
        bytes.AddRange(version == 1 ? BitConverter.GetBytes((ushort)dictionary.Length) : BitConverter.GetBytes(dictionary.Length));
        bytes.AddRange(Encoding.UTF8.GetBytes(dictionary));
        bytes.AddRange(MemoryMarshal.AsBytes<T>(values));
        return [.. bytes];
    }

    public static void Write<T>(string path, string descr, string shape, T[] values) where T : unmanaged =>
        File.WriteAllBytes(path, Bytes(descr, shape, values));

    public static void WritePairs(string path, params (int User, int Item)[] pairs) =>
        Write(path, "<i4", $"(2, {pairs.Length})", [.. pairs.Select(p => p.User), .. pairs.Select(p => p.Item)]);
}

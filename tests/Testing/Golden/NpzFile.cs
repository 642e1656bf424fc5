using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Rearm.Streaming.Testing.Golden;

/// <summary>Reads numpy's .npz: a zip of .npy arrays, row-major, of the types the golden cases use.</summary>
public sealed partial class NpzFile
{
    private readonly Dictionary<string, NpyArray> _arrays = [];

    public NpzFile(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            _arrays[Path.ChangeExtension(entry.FullName, null)] = Parse(bytes.ToArray());
        }
    }

    public NpyArray this[string name] => _arrays.TryGetValue(name, out var array) ? array : throw new KeyNotFoundException($"The golden case has no array {name}.");

    public bool Has(string name) => _arrays.ContainsKey(name);

    public IEnumerable<string> Under(string folder) => _arrays.Keys.Where(k => k.StartsWith(folder + "/", StringComparison.Ordinal)).Select(k => k[(folder.Length + 1)..]);

    private static NpyArray Parse(byte[] file)
    {
        var long1 = file[6] == 1;
        var headerLength = long1 ? BitConverter.ToUInt16(file, 8) : BitConverter.ToInt32(file, 8);
        var start = long1 ? 10 : 12;
        var header = Encoding.ASCII.GetString(file, start, headerLength);
        var type = Descr().Match(header).Groups[1].Value;
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal))
            throw new InvalidDataException("Column-major arrays are not read.");
        var shape = Shape().Match(header).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        var body = file.AsSpan(start + headerLength);
        if (type.StartsWith("<U", StringComparison.Ordinal))
            return new(shape, [], Encoding.UTF32.GetString(body));
        double[] values = type switch
        {
            "<f4" => Convert(MemoryMarshal.Cast<byte, float>(body), v => v),
            "<f8" => MemoryMarshal.Cast<byte, double>(body).ToArray(),
            "<i8" => Convert(MemoryMarshal.Cast<byte, long>(body), v => v),
            "<i4" => Convert(MemoryMarshal.Cast<byte, int>(body), v => v),
            "|b1" => Convert(body, v => v),
            _ => throw new InvalidDataException($"Arrays of type {type} are not read."),
        };
        return new(shape, values, "");
    }

    private static double[] Convert<T>(ReadOnlySpan<T> values, Func<T, double> toDouble) where T : unmanaged
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = toDouble(values[i]);
        return result;
    }

    [GeneratedRegex("'descr': '([^']*)'")]
    private static partial Regex Descr();

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex Shape();
}
